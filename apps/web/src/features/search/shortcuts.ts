import type { Command, CommandId } from './commands.ts'

/** Where a key belongs to what is typed or chosen there. */
const taken =
  'input, textarea, select, [contenteditable="true"], [role="textbox"], [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'

/** Between the two keys of a shortcut. */
const pauseMs = 1_500

type Pressed = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target' | 'defaultPrevented' | 'timeStamp'
>

/** Recognizes shortcuts of one key, and of two pressed one after the other. */
export function createShortcuts(commands: readonly Command[]): (event: Pressed) => CommandId | undefined {
  let first: { readonly key: string; readonly at: number } | undefined
  return ({ key, ctrlKey, metaKey, altKey, target, defaultPrevented, timeStamp }) => {
    const before = first
    first = undefined
    const isTaken = target instanceof Element && target.closest(taken) !== null
    if (defaultPrevented || ctrlKey || metaKey || altKey || isTaken) return undefined
    const pressed = key.toLowerCase()
    if (before !== undefined && timeStamp - before.at <= pauseMs) {
      const found = commands.find(({ keys }) => keys?.[0] === before.key && keys[1] === pressed)
      if (found !== undefined) return found.id
    }
    if (commands.some(({ keys }) => keys?.length === 2 && keys[0] === pressed))
      first = { key: pressed, at: timeStamp }
    return commands.find(({ keys }) => keys?.length === 1 && keys[0] === pressed)?.id
  }
}

/** Keys as they stand on a keyboard: `G then P`. */
export function keyWords(keys: readonly string[]): string {
  return keys.map((key) => key.toUpperCase()).join(' then ')
}

const note = 'shortcuts-off'

interface Notes {
  recall(key: string): unknown
  remember(key: string, value: unknown): void
}

/** Whether single keys do something; people who dictate, or whose hands are not steady, switch them off (WCAG 2.1.4). */
export function areShortcutsOn(notes: Notes): boolean {
  return notes.recall(note) !== true
}

export function setShortcutsOn(notes: Notes, isOn: boolean): void {
  notes.remember(note, !isOn)
}

/** Keys that only the inbox hears, as the sheet lists them; what each does stands in `inbox-keys.ts`. */
export const inboxKeys: readonly { readonly label: string; readonly words: string }[] = [
  { label: 'Next item', words: 'J' },
  { label: 'Previous item', words: 'K' },
  { label: 'Take a value of the card', words: '1 to 9' },
  { label: 'Undo the last decision', words: 'U' },
]
