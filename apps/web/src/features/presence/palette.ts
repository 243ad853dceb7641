export { colorOf as peerColor, presencePalette as peerPalette } from '@fulqrun/sync'

/** One or two letters for an avatar. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean)
  const first = words[0]?.codePointAt(0)
  const last = words.length > 1 ? words.at(-1)?.codePointAt(0) : undefined
  return [first, last]
    .filter((letter) => letter !== undefined)
    .map((letter) => String.fromCodePoint(letter).toUpperCase())
    .join('')
}
