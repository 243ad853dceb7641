import { useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import { commandsFor } from './commands.ts'
import { areShortcutsOn, keyWords, setShortcutsOn } from './shortcuts.ts'

interface ShortcutSheetProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Every key that does something, and the switch that turns them off. */
export function ShortcutSheet({ isOpen, onClose }: ShortcutSheetProps) {
  const me = useMe()
  const workspace = useWorkspace()
  const [isOn, setOn] = useState(() => areShortcutsOn(workspace))
  const rows = [
    { label: 'Search and commands', words: 'Ctrl K, or Command K' },
    ...commandsFor(me).flatMap(({ label, keys }) =>
      keys === undefined ? [] : [{ label, words: keyWords(keys) }],
    ),
  ]
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title="Keyboard shortcuts"
      lead="They do nothing while you type."
      footer={
        <ToggleChip
          isOn={isOn}
          onToggle={(next) => {
            setOn(next)
            setShortcutsOn(workspace, next)
          }}
        >
          {isOn ? 'Single keys are on' : 'Single keys are off'}
        </ToggleChip>
      }
    >
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2 text-base">
        {rows.map(({ label, words }) => (
          <div key={label} className="contents">
            <dt className="text-ink-2">{label}</dt>
            <dd className="num text-end font-medium">{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
