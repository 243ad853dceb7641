import { setField, type StageId, stages } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { say } from '../../ui/Toaster.tsx'

export function stageLabel(stage: StageId): string {
  return stages.find(({ value }) => value === stage)?.label ?? stage
}

export interface StageMove {
  readonly from: StageId
  readonly to: StageId
  /** Device time. */
  readonly now: () => number
}

/** Moves at once and offers the way back for ten seconds, instead of asking first. */
export function moveToStage(doc: Y.Doc, { from, to, now }: StageMove): void {
  if (from === to) return
  setField(doc, 'fields.stage', to, { now: now() })
  say(`Moved to ${stageLabel(to)}`, {
    label: 'Undo',
    onAction: () => {
      setField(doc, 'fields.stage', from, { now: now() })
    },
  })
}
