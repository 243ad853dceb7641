/**
 * Twelve colours for people, all dark enough for white initials (4.5:1 and more) and apart from the four meanings.
 * The server sends the colour of a peer with their presence; this one is for people who are not here.
 */
export const personColors = [
  '#4f46b8',
  '#0f6a8b',
  '#9b3d7a',
  '#2f6f4f',
  '#8a4b1f',
  '#6a3fa0',
  '#1f6f6f',
  '#a23b4a',
  '#3d5a9e',
  '#6b5d12',
  '#7a4468',
  '#4a6620',
] as const

/** The same colour for the same id on every device. */
export function personColor(id: string): string {
  let hash = 0
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  return personColors[hash % personColors.length] ?? personColors[0]
}

/** First letters of the first and last word: `Dana Okafor` is DO. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const first = words[0]?.[0] ?? '?'
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''
  return (first + last).toUpperCase()
}
