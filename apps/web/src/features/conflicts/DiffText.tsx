import type { CSSProperties } from 'react'
import { peerColor } from '../presence/palette.ts'
import type { DiffPart } from './word-diff.ts'

export interface DiffTextProps {
  readonly parts: readonly DiffPart[]
  /** User id of who made the change: their colour underlines it. */
  readonly author?: string | undefined
}

/** What somebody made of a text: new words underlined, words that went struck through. */
export function DiffText({ parts, author }: DiffTextProps) {
  const style: CSSProperties = author === undefined ? {} : { textDecorationColor: peerColor(author) }
  return (
    <>
      {parts.map((part, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- parts are made anew with every text
        <Part key={index} part={part} style={style} />
      ))}
    </>
  )
}

function Part({ part, style }: { readonly part: DiffPart; readonly style: CSSProperties }) {
  if (part.type === 'same') return part.text
  return part.type === 'added' ? (
    <ins style={style} className="rounded-sm bg-good-soft text-good decoration-2 underline-offset-2">
      {part.text}
    </ins>
  ) : (
    <del className="rounded-sm bg-conflict-soft text-conflict decoration-2">{part.text}</del>
  )
}
