import { getText } from '@fulqrun/schema'
import { type CSSProperties, useEffect, useId, useRef, useState } from 'react'
import { useDocumentState } from '../../data/workspace.tsx'
import { usePeerIn, useRecordScope } from '../../fields/record-scope.tsx'
import { cx } from '../../ui/cx.ts'
import { controlClass, helpClass, labelClass } from '../../ui/control.ts'
import { fieldClass } from '../../ui/Field.tsx'
import { FieldMarks } from '../conflicts/FieldMarks.tsx'
import { PeerTag } from '../presence/RecordPeople.tsx'
import { bindText } from './text-binding.ts'

export interface PlainTextFieldProps {
  /** Name of the co-edited text, without `text:`. */
  readonly name: string
  readonly label: string
  readonly help?: string | undefined
  readonly placeholder?: string | undefined
  readonly hideLabel?: boolean | undefined
  readonly minRows?: number | undefined
  readonly className?: string | undefined
}

/**
 * Plain text of the record in scope that several people write at once: what is typed here goes out as it is typed, and
 * theirs comes in.
 */
export function PlainTextField(props: PlainTextFieldProps) {
  const { name, label, help, placeholder, minRows = 2 } = props
  const { open, canWrite, announceField } = useRecordScope()
  // Renders again when the document was replaced after a refused edit, so that the field is bound to the new one.
  useDocumentState(open)
  const path = `text:${name}`
  const peer = usePeerIn(path)
  const field = useRef<HTMLTextAreaElement>(null)
  const [arrivals, setArrivals] = useState(0)
  const id = useId()
  const helpId = `${id}-help`
  useEffect(() => {
    const element = field.current
    if (element === null) return undefined
    const binding = bindText({
      field: element,
      text: getText(open.doc, name),
      isFocused: () => document.activeElement === element,
      onRemoteChange: () => {
        setArrivals((count) => count + 1)
      },
    })
    return binding.close
  }, [open.doc, name])
  const style: CSSProperties | undefined =
    peer === undefined ? undefined : { boxShadow: `0 0 0 2px ${peer.color}` }
  return (
    <div className={cx(fieldClass, props.className)}>
      <div className="flex items-baseline gap-2">
        <label htmlFor={id} className={cx(labelClass, props.hideLabel === true && 'sr-only')}>
          {label}
        </label>
        <PeerTag peer={peer} />
      </div>
      <textarea
        ref={field}
        id={id}
        rows={minRows}
        readOnly={!canWrite}
        onFocus={() => {
          announceField(path)
        }}
        onBlur={() => {
          announceField(undefined)
        }}
        placeholder={canWrite ? placeholder : 'Not answered'}
        aria-describedby={help === undefined ? undefined : helpId}
        style={style}
        className={cx(
          controlClass,
          'border-line-strong field-sizing-content h-auto resize-y py-1.5 leading-5 touch:h-auto touch:py-2 touch:leading-6',
          !canWrite && 'border-line bg-sunken',
        )}
      />
      {/* Restarts with each arrival: a short bar, because tinting the text itself would disturb who is typing in it. */}
      {arrivals > 0 && (
        <span key={arrivals} aria-hidden className="-mt-1.5 h-0.5 rounded-full animate-tint" />
      )}
      {help !== undefined && (
        <p id={helpId} className={helpClass}>
          {help}
        </p>
      )}
      <FieldMarks path={path} />
    </div>
  )
}
