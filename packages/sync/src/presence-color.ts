/**
 * Twelve colours for people. Each is dark enough for white text at 4.5:1 (WCAG AA) and far enough from its
 * neighbours to tell carets apart; the web app's test computes the contrast. Six-digit hex, because y-tiptap takes no
 * other.
 */
export const presencePalette = [
  '#b42318',
  '#0b7261',
  '#8a5a00',
  '#1d5fc2',
  '#a8480a',
  '#2e7324',
  '#4b4fd6',
  '#b3246b',
  '#5a6b0c',
  '#7a3fc4',
  '#0c6e8a',
  '#a12aa1',
] as const

/** FNV-1a: spreads ids that differ in one letter, and is the same on every device. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}

/** The colour of a person, the same for everybody who sees them, on every device. */
export function colorOf(userId: string): string {
  return presencePalette[hash(userId) % presencePalette.length] ?? presencePalette[0]
}
