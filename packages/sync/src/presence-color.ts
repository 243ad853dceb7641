/** Twelve hues that stay apart for most eyes, dark enough for white text. The server may overwrite a person's colour. */
const palette = [
  '#b4232a',
  '#a8480f',
  '#8a5a00',
  '#5f6b00',
  '#2f7314',
  '#00764e',
  '#00737a',
  '#0069a8',
  '#3b57c4',
  '#6a43c0',
  '#8f35a8',
  '#ab2b76',
] as const

/** The same colour for the same person on every device. */
export function colorOf(userId: string): string {
  let hash = 0
  for (const character of userId) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  return palette[hash % palette.length] ?? palette[0]
}
