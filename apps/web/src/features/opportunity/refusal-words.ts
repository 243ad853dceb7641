import { type ErrorCode, reactionTo } from '@fulqrun/protocol'

const sentences: Partial<Record<ErrorCode, string>> = {
  'access/denied': 'you no longer have access to this record.',
  'access/read-only': 'your role reads this record and does not change it.',
  'access/role': 'your role may not do that.',
  'document/not-found': 'the record is gone.',
  'document/not-created': 'the record could not be created in this territory.',
  'document/outdated':
    'the record was restored, and your copy was from before. Use your draft again where it still fits.',
  'update/too-large': 'that was too much at once. Add it in smaller parts.',
  'update/malformed': 'the change arrived damaged.',
}

/** Why an edit was not accepted, as the rest of a sentence after "Not accepted:". */
export function refusalWords(code: ErrorCode): string {
  const sentence = sentences[code]
  if (sentence !== undefined) return sentence
  return reactionTo(code) === 'update-app'
    ? 'this version of the app is too old for it. Restart to get the new one.'
    : 'the server did not take it. What you wrote is kept on this device.'
}

/** The draft as text to paste elsewhere. */
export function draftText(
  title: string,
  lines: readonly { readonly label: string; readonly draft: string }[],
): string {
  return [title, ...lines.map(({ label, draft }) => `${label}: ${draft}`)].join('\n')
}
