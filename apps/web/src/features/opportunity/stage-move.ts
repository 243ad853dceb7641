import { unmetCriteria } from '@fulqrun/rules'
import { readOpportunity, setField, type StageId } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { say } from '../../ui/Toaster.tsx'
import { stageLabel } from './stage-gate-words.ts'

export interface StageMove {
  readonly from: StageId
  readonly to: StageId
  /** Device time. */
  readonly now: () => number
}

/** Moves at once and offers the way back for ten seconds, instead of asking first. For moves whose gate is met. */
export function moveToStage(doc: Y.Doc, { from, to, now }: StageMove): void {
  if (from === to) return
  setField(doc, 'fields.stage', to, { now: now() })
  const said = `Moved to ${stageLabel(to)}`
  // Who moves a deal back from a stage that it had entered without its gate cannot simply move it there again.
  if (unmetCriteria(readOpportunity(doc).view, to, from).length > 0) {
    say(said)
    return
  }
  say(said, {
    label: 'Undo',
    onAction: () => {
      setField(doc, 'fields.stage', from, { now: now() })
    },
  })
}
