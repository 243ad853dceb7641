/**
 * One paste is one update, and an update has to fit a frame of 1 MiB. Rich text costs about twice its size in Yjs, so
 * half a frame of source text is the most that is sure to go through; more would be refused after it was typed over.
 */
export const maxPasteBytes = 500_000

/** The sentence that refuses a paste of `text` or `html`, or undefined when it is small enough. */
export function pasteProblem(content: { readonly text: string; readonly html: string }): string | undefined {
  // Three bytes are the most a UTF-16 unit takes, so short content needs no counting.
  const longest = Math.max(content.text.length, content.html.length)
  if (longest * 3 <= maxPasteBytes) return undefined
  const encoder = new TextEncoder()
  const bytes = Math.max(encoder.encode(content.text).length, encoder.encode(content.html).length)
  if (bytes <= maxPasteBytes) return undefined
  const kilobytes = Math.round(bytes / 1000)
  return `That is ${kilobytes} kB, and notes take at most ${maxPasteBytes / 1000} kB at once. Paste it in parts.`
}
