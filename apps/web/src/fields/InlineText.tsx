import { type ChangeEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import { cx } from '../ui/cx.ts'
import { draftOf, isNumeric, parseDraft } from './draft.ts'
import { FieldFrame } from './FieldFrame.tsx'
import { formatValue } from './format.ts'
import { inlineClass } from './inline-class.ts'
import { useRecordScope } from './record-scope.tsx'
import { useField } from './use-field.ts'

export interface InlineFieldProps {
  /** Path in the record: `fields.phone`, `licences.<id>.number`. */
  readonly path: string
  /** The value in the record's view. */
  readonly value: unknown
  /** Id of the control, for the label. */
  readonly id?: string | undefined
  /** Accessible name when there is no visible label. */
  readonly label?: string | undefined
  readonly placeholder?: string | undefined
  readonly className?: string | undefined
  /** One line of text that may take several lines on the screen: a title on a phone is read whole. */
  readonly wraps?: boolean | undefined
}

/** From here on a string is a paragraph rather than a line. */
const paragraphLength = 500

const inputTypes: Readonly<Record<string, string>> = { email: 'email', phone: 'tel', date: 'date' }

type InputElement = HTMLInputElement | HTMLTextAreaElement

interface DraftState {
  /** What has been typed and not yet committed; undefined while the field shows the record's value. */
  readonly draft: string | undefined
  readonly begin: () => void
  readonly change: (event: ChangeEvent<InputElement>) => void
  readonly leave: () => void
  readonly keyDown: (event: KeyboardEvent<InputElement>) => void
}

interface DraftOptions {
  readonly field: ReturnType<typeof useField>
  readonly path: string
  readonly value: unknown
  /** Enter commits, and there are no line breaks. */
  readonly isLine: boolean
}

/**
 * A draft belongs to the person who types: while it exists, changes from elsewhere do not touch what is in the input.
 * Leaving without having typed commits nothing, so that looking at a field never overwrites a colleague's change.
 */
function useDraft({ field, path, value, isLine }: DraftOptions): DraftState {
  const { announceField } = useRecordScope()
  const [draft, setDraft] = useState<string>()
  const typed = useRef(false)
  const commit = () => {
    if (!typed.current || draft === undefined) return true
    if (!field.commit(parseDraft(field.spec, draft))) return false
    typed.current = false
    return true
  }
  useCommitOnLeaving(commit)
  // As long as nothing has been typed, a focused field follows the record: typing goes on from what a colleague wrote.
  const current = draftOf(value)
  useLayoutEffect(() => {
    if (!typed.current) setDraft((before) => (before === undefined ? undefined : current))
  }, [current])
  const stop = () => {
    typed.current = false
    field.clearProblem()
    setDraft(undefined)
  }
  return {
    draft,
    begin: () => {
      announceField(path)
      if (field.canWrite) setDraft((before) => before ?? draftOf(value))
    },
    change: (event) => {
      typed.current = true
      // A pasted line break has no place in a line, wrapped or not.
      setDraft(isLine ? event.target.value.replaceAll(/\s*\n\s*/g, ' ') : event.target.value)
    },
    leave: () => {
      announceField(undefined)
      if (commit()) setDraft(undefined)
    },
    keyDown: (event) => {
      if (event.nativeEvent.isComposing) return
      if (event.key === 'Escape' && draft !== undefined) {
        event.stopPropagation()
        stop()
        event.currentTarget.blur()
      }
      if (event.key === 'Enter' && (isLine || event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        if (commit()) event.currentTarget.blur()
      }
    },
  }
}

/**
 * A field can go away without being left: another part of the record is pressed (browsers send no blur for what is
 * removed), the phone is locked, the page is closed. What was typed is committed then as well.
 */
function useCommitOnLeaving(commit: () => boolean): void {
  const latest = useRef(commit)
  useLayoutEffect(() => {
    latest.current = commit
  })
  useLayoutEffect(() => {
    const save = () => {
      latest.current()
    }
    const saveHidden = () => {
      if (document.visibilityState === 'hidden') save()
    }
    document.addEventListener('visibilitychange', saveHidden)
    window.addEventListener('pagehide', save)
    return () => {
      document.removeEventListener('visibilitychange', saveHidden)
      window.removeEventListener('pagehide', save)
      save()
    }
  }, [])
}

/** Text, numbers, money, dates and lists, edited in place: commits on blur and Enter, Esc goes back. */
export function InlineText({
  path,
  value,
  id,
  label,
  placeholder,
  className,
  wraps = false,
}: InlineFieldProps) {
  const { currency } = useRecordScope()
  const field = useField(path, value)
  const { spec, canWrite, problem } = field
  const isParagraph = spec.type === 'string' && (spec.maxLength ?? 0) >= paragraphLength
  const { draft, begin, change, leave, keyDown } = useDraft({ field, path, value, isLine: !isParagraph })
  const problemId = useId()
  // Readers see a date in words; a date input would show them an empty pattern.
  const isDate = spec.type === 'date' && canWrite
  const shown = draft ?? (isDate ? draftOf(value) : formatValue(spec, value, { currency }))
  const shared = {
    id,
    value: shown,
    readOnly: !canWrite,
    placeholder: canWrite ? (placeholder ?? 'Add') : 'None',
    'aria-label': label,
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined ? undefined : problemId,
    onFocus: begin,
    onChange: change,
    onBlur: leave,
    onKeyDown: keyDown,
  }
  return (
    <FieldFrame path={path} remoteChanges={field.remoteChanges} problem={problem} problemId={problemId}>
      {isParagraph || wraps ? (
        <textarea
          {...shared}
          rows={1}
          className={cx(inlineClass, 'field-sizing-content resize-none', className)}
        />
      ) : (
        <input
          {...shared}
          type={canWrite ? (inputTypes[spec.type] ?? 'text') : 'text'}
          inputMode={isNumeric(spec) ? 'decimal' : undefined}
          autoComplete="off"
          className={cx(
            inlineClass,
            (isNumeric(spec) || isDate) && 'num',
            isDate && shown === '' && 'text-ink-3',
            isDate &&
              '[&::-webkit-calendar-picker-indicator]:opacity-0 [&:focus::-webkit-calendar-picker-indicator]:opacity-60 [&:hover::-webkit-calendar-picker-indicator]:opacity-60',
            className,
          )}
        />
      )}
    </FieldFrame>
  )
}
