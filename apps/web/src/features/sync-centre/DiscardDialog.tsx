import type { WaitingItem } from '@fulqrun/sync'
import { useState } from 'react'
import { useWorkspace } from '../../data/workspace.tsx'
import { downloadJson } from '../../frame/export-unsent.ts'
import { changes } from '../../frame/sync-words.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { changedWords } from './sync-centre-words.ts'

interface DiscardDialogProps {
  /** What would be given up; undefined when nothing is asked. */
  readonly item: WaitingItem | undefined
  readonly onClose: () => void
}

/** Unsent work is given up only when somebody says so here, and never without a file of it. */
export function DiscardDialog({ item, onClose }: DiscardDialogProps) {
  const workspace = useWorkspace()
  const [problem, setProblem] = useState<string>()
  const discard = async ({ name, title }: WaitingItem) => {
    try {
      // The file first: only what is safe elsewhere is given up here.
      await workspace.discard(name, (unsent) => downloadJson(`fulqrun-discarded-${title}`, unsent))
      onClose()
    } catch {
      setProblem('This device could not discard it. Nothing was lost; try again.')
    }
  }
  return (
    <Dialog
      role="alertdialog"
      size="sm"
      isOpen={item !== undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) {
          setProblem(undefined)
          onClose()
        }
      }}
      title={item === undefined ? 'Discard' : `Discard ${changes(item.changes)}?`}
      footer={
        <>
          <Button
            variant="danger"
            onPress={() => {
              if (item !== undefined) void discard(item) // Its failure is said in the dialog.
            }}
          >
            Save a file and discard
          </Button>
          <Button variant="primary" onPress={onClose}>
            Keep waiting
          </Button>
        </>
      }
    >
      {item !== undefined && (
        <p className="text-base text-ink-2">
          {item.title}: {changedWords(item)}. The record goes back to what the server has. A file with what
          you entered is saved on this device first.
        </p>
      )}
      {problem !== undefined && (
        <p role="alert" className="mt-2 text-base text-conflict">
          {problem}
        </p>
      )}
    </Dialog>
  )
}
