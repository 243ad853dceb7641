import type { Signature } from '@fulqrun/schema'
import { usePersonName } from '../../data/workspace.tsx'
import { cx } from '../../ui/cx.ts'
import { PencilIcon } from '../../ui/icons.ts'
import { meaningLabel, zonedMoment } from './sample-words.ts'

/** Signatures with their printed name, moment, meaning and text: all four belong to every form of one. */
export function SignatureList({
  signatures,
  className,
}: {
  readonly signatures: readonly Signature[]
  readonly className?: string | undefined
}) {
  return (
    <ul className={cx('flex flex-col gap-2', className)}>
      {signatures.map((signature) => (
        <SignatureItem key={signature.id} signature={signature} />
      ))}
    </ul>
  )
}

function SignatureItem({ signature }: { readonly signature: Signature }) {
  const personName = usePersonName()
  const { signedName, title, meaning, statement, signedAt, signedBy } = signature
  const by = signedBy === undefined ? '' : `, recorded by ${personName(signedBy)}`
  return (
    <li className="flex items-start gap-2 rounded-md bg-sunken px-3 py-2 text-sm">
      <PencilIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ink-3" />
      <div className="min-w-0">
        <p className="flex flex-wrap gap-x-2">
          <span className="font-medium text-ink">
            {[signedName || 'Name not recorded', title].filter(Boolean).join(', ')}
          </span>
          <span className="text-ink-2">{meaningLabel(meaning)}</span>
        </p>
        <p className="max-w-[72ch] break-words text-ink-2">&ldquo;{statement}&rdquo;</p>
        <p className="num text-ink-2">
          {signedAt === undefined ? 'Time not recorded' : `Signed ${zonedMoment(signedAt)}`}
          {by}
        </p>
      </div>
    </li>
  )
}
