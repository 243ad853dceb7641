import type { ComponentType } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { type Tone, toneSoft } from './Badge.tsx'
import { cx } from './cx.ts'
import {
  CheckCircle2Icon,
  CircleCheckIcon,
  CloudOffIcon,
  CloudUploadIcon,
  DiamondIcon,
  DownloadIcon,
  HardDriveIcon,
  HourglassIcon,
  KeyRoundIcon,
  OctagonXIcon,
  RefreshCwIcon,
} from './icons.ts'

export type SyncMark =
  | 'check'
  | 'saved'
  | 'cloud'
  | 'moving'
  | 'offline'
  | 'stop'
  | 'key'
  | 'disk'
  | 'download'
  | 'hourglass'
  | 'diamond'

export interface SyncChipWords {
  readonly text: string
  readonly mark: SyncMark
  /** `quiet` when all is well: the chip must then not ask for attention. */
  readonly tone: Tone | 'quiet'
}

const marks: Record<
  SyncMark,
  ComponentType<{ readonly className?: string; readonly 'aria-hidden'?: boolean }>
> = {
  check: CheckCircle2Icon,
  saved: CircleCheckIcon,
  cloud: CloudUploadIcon,
  moving: RefreshCwIcon,
  offline: CloudOffIcon,
  stop: OctagonXIcon,
  key: KeyRoundIcon,
  disk: HardDriveIcon,
  download: DownloadIcon,
  hourglass: HourglassIcon,
  diamond: DiamondIcon,
}

const look = 'num inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md px-2 text-sm whitespace-nowrap'

function toneClass(tone: SyncChipWords['tone']): string {
  return tone === 'quiet' ? 'text-ink-3' : `font-medium ${toneSoft[tone]}`
}

function ChipBody({ words }: { readonly words: SyncChipWords }) {
  const Mark = marks[words.mark]
  return (
    <>
      <Mark
        aria-hidden
        className={cx(
          'size-4 shrink-0',
          words.mark === 'moving' && 'animate-spin motion-reduce:animate-none',
        )}
      />
      <span className="truncate">{words.text}</span>
    </>
  )
}

/** State of something that syncs, in words and a shape. */
export function SyncChip({
  words,
  className,
}: {
  readonly words: SyncChipWords
  readonly className?: string | undefined
}) {
  return (
    <span className={cx(look, toneClass(words.tone), className)}>
      <ChipBody words={words} />
    </span>
  )
}

/** The same as a button, for use as the trigger of a `Popover`. */
export function SyncChipButton({
  words,
  label,
  className,
}: {
  readonly words: SyncChipWords
  readonly label: string
  readonly className?: string | undefined
}) {
  return (
    <AriaButton
      aria-label={`${label}: ${words.text}`}
      className={cx(
        look, // The finger's target is larger than what is seen.
        'relative after:absolute after:-inset-y-2 after:inset-x-0 hover:bg-hover touch:h-8',
        toneClass(words.tone),
        className,
      )}
    >
      <ChipBody words={words} />
    </AriaButton>
  )
}
