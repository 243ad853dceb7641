import { setField, type StageId, stages } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { say } from '../../ui/Toaster.tsx'

export function stageLabel(stage: StageId): string {
  return stages.find(({ value }) => value === stage)?.label ?? stage
}

/** Moves at once and offers the way back for ten seconds, instead of asking first. */
export function moveToStage(doc: Y.Doc, from: StageId, to: StageId): void {
  if (from === to) return
  setField(doc, 'fields.stage', to, { now: Date.now() })
  say(`Moved to ${stageLabel(to)}`, {
    label: 'Undo',
    onAction: () => {
      setField(doc, 'fields.stage', from, { now: Date.now() })
    },
  })
}
