const plain = /^[\u0020-\u007e]*$/

/** Lower case and without accents, so that `Munoz` finds `Mu\u00f1oz`. */
export function fold(words: string): string {
  // Most words have none, and ten thousand records have many words.
  if (plain.test(words)) return words.toLowerCase()
  return words.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

const wordPattern = /[\p{L}\p{N}\p{M}]+/gu

/** The words of a text as they stand there, with where each begins. */
export function wordsOf(text: string): readonly { readonly word: string; readonly at: number }[] {
  return [...text.matchAll(wordPattern)].map((match) => ({ word: match[0], at: match.index }))
}

/** What somebody looks for, word by word, folded. */
export function queryWords(query: string): readonly string[] {
  return wordsOf(query).map(({ word }) => fold(word))
}
