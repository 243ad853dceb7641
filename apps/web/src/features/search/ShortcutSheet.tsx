import { useMe } from '../../data/workspace.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Switch } from '../../ui/Switch.tsx'
import { commandsFor } from './commands.ts'
import { inboxKeys, keyWords } from './shortcuts.ts'
import { useShortcutsOn } from './use-shortcuts-on.ts'

interface ShortcutSheetProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

interface KeyGroupProps {
  readonly title: string
  readonly rows: readonly { readonly label: string; readonly words: string }[]
}

function KeyGroup({ title, rows }: KeyGroupProps) {
  return (
    <>
      <h3 className="mb-2 text-sm font-semibold not-first:mt-5">{title}</h3>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2 text-base">
        {rows.map(({ label, words }) => (
          <div key={label} className="contents">
            <dt className="text-ink-2">{label}</dt>
            <dd className="num text-end font-medium">{words}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** Every key that does something, and the switch that turns them off. */
export function ShortcutSheet({ isOpen, onClose }: ShortcutSheetProps) {
  const me = useMe()
  const [isOn, setOn] = useShortcutsOn()
  const everywhere = [
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
        <Switch isOn={isOn} onToggle={setOn}>
          Single keys
        </Switch>
      }
    >
      <KeyGroup title="Everywhere" rows={everywhere} />
      <KeyGroup title="In the inbox" rows={inboxKeys} />
    </Dialog>
  )
}
