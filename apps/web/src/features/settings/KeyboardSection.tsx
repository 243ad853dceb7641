import { Button } from '../../ui/Button.tsx'
import { Section } from '../../ui/Section.tsx'
import { Switch } from '../../ui/Switch.tsx'
import { hubOpen } from '../search/palette-open.ts'
import { useShortcutsOn } from '../search/use-shortcuts-on.ts'

/** The switch for single keys (WCAG 2.1.4); the sheet of all keys has it, too. */
export function KeyboardSection() {
  const [isOn, setOn] = useShortcutsOn()
  return (
    <Section title="Keyboard">
      <div className="max-w-120">
        <Switch
          isOn={isOn}
          onToggle={setOn}
          detail="Keys such as G then P, or J and K in the inbox. Switch them off if you dictate or press keys by accident. Ctrl K always opens search."
        >
          Single-key shortcuts
        </Switch>
      </div>
      <Button
        className="mt-2"
        onPress={() => {
          hubOpen.set('keys')
        }}
      >
        All keyboard shortcuts
      </Button>
    </Section>
  )
}
