import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

const merge = extendTailwindMerge({
  extend: {
    theme: {
      color: [
        (value: string) =>
          /^(canvas|surface|raised|sunken|hover|line|edge|ink|accent|on-accent|good|attention|conflict|pinned|stage|scrim)/.test(
            value,
          ),
      ],
    },
  },
})

/** Joins class names; later Tailwind classes win over earlier ones of the same property. */
export function cx(...classes: ClassValue[]): string {
  return merge(clsx(classes))
}
