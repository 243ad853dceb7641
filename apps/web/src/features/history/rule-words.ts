import type { DocumentKind } from '@fulqrun/protocol'
import { policyFor } from '@fulqrun/rules'

/** Rules of admission itself, which hold for every path (packages/rules/SPEC.md). */
const admissionSentences: Readonly<Record<string, string>> = {
  'ADM-4': 'There is no such field in this version, so it was not kept.',
  'ADM-5': 'This is not content that notes can hold, so it was not kept.',
  'ADM-6': 'The value did not fit the field, so the one before stays.',
  'ADM-14': 'Somebody had removed what this belonged to. What was written is kept here, in the history.',
}

/** Why a rule changed the outcome of an edit, in one sentence. */
export function ruleSentence(kind: DocumentKind, path: string, rule: string): string {
  return admissionSentences[rule] ?? policyFor(kind, path)?.sentence ?? `Rule ${rule} decided this.`
}
