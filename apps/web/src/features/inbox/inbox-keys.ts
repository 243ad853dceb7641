/** Keys of the inbox. Letters are those of mail programs; digits choose a column of the card. */
export type InboxAction =
  | { readonly type: 'next' }
  | { readonly type: 'previous' }
  | { readonly type: 'undo' }
  | { readonly type: 'choose'; readonly digit: number }

export interface PressedKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  /** The focus is where keys are typed, or a dialog or menu is open over the page. */
  readonly isTaken: boolean
}

/** What a key asks for; undefined when it is somebody else's: with a modifier, while typing, or in a dialog. */
export function actionOf({ key, ctrlKey, metaKey, altKey, isTaken }: PressedKey): InboxAction | undefined {
  if (isTaken || ctrlKey || metaKey || altKey) return undefined
  if (/^[1-9]$/u.test(key)) return { type: 'choose', digit: Number(key) }
  switch (key.toLowerCase()) {
    case 'j':
      return { type: 'next' }
    case 'k':
      return { type: 'previous' }
    case 'u':
      return { type: 'undo' }
    default:
      return undefined
  }
}

/** The key one step on; stays at the ends. */
export function step(keys: readonly string[], current: string | undefined, by: 1 | -1): string | undefined {
  const index = current === undefined ? -1 : keys.indexOf(current)
  if (index < 0) return keys[0]
  return keys[Math.max(0, Math.min(keys.length - 1, index + by))]
}
