/**
 * What a rule did, in one sentence for the person whose value did not stay. The rule's id comes with every conflict,
 * notice and change in the history; the values are given as they are shown on screen.
 */

export interface Told {
  /** Label of the field, as in `Amount`. */
  readonly label: string
  /** The value that stands, as words; absent when there is none. */
  readonly stands?: string | undefined
}

type Sentence = (label: string, stays: string) => string

const sentences: Readonly<Record<string, Sentence>> = {
  'ADM-4': (label) => `${label} is not part of this record, so it was not kept there.`,
  'ADM-5': (label) => `${label} cannot hold that kind of content, so it was taken out.`,
  'ADM-6': (label, stays) => `${label} cannot hold that value, so ${stays}.`,
  'ADM-14': (label) => `${label} was written in something that a colleague had removed meanwhile.`,
  'POL-1': (label, stays) =>
    `${label} is set by finance or management, so ${stays}; yours is kept as a proposal.`,
  'POL-2': (label, stays) => `${label} is computed from recorded events, so ${stays}.`,
  'POL-3': (label, stays) => `${label} is set when the record is created, so ${stays}.`,
  'POL-4': () => 'A proposal is not changed after it was made; withdraw it and make another.',
  'RES-2': (label, stays) =>
    `${label} was changed by two people apart from each other: the later edit counts, so ${stays}.`,
  'RES-3': (label, stays) =>
    `${label} was changed by two people apart from each other: until somebody chooses, ${stays}.`,
  'RES-4': (_label, stays) => `It was completed meanwhile, and completed stays completed, so ${stays}.`,
  'RES-5': (label, stays) =>
    `${label} was changed by two people apart from each other: the more restrictive answer counts, so ${stays}.`,
  'RES-6': () =>
    'A line of consent is evidence and only becomes more restrictive; record a new line instead.',
  'RES-7': () => 'Entries here are added and never changed or removed.',
  'RES-8': () => 'One person removed this while another changed it: somebody has to choose.',
  'RES-9': () => 'Two people seem to have written the same thing: keep both, or one of them.',
  'RES-11': () => 'A file that is attached stays what it is; remove it and attach another one.',
  'GAT-1': (_label, stays) =>
    `The gate to that stage is not met, so ${stays}; a manager may decide otherwise.`,
  'CON-3': () => 'That was not a decision that could be carried out.',
  'CON-4': (label, stays) =>
    `Somebody decided about ${label} before you, so ${stays}; your choice is kept beside it.`,
  'PRO-3': (label) => `You may not decide about this proposal for ${label}.`,
  'PRO-4': (label) => `The proposal for ${label} was decided already.`,
  'PRO-5': (label, stays) =>
    `${label} was changed by somebody else before you approved, so ${stays}; look at the proposal again.`,
}

/** One sentence, as in "Amount is set by finance or management, so 45,000 stays; yours is kept as a proposal." */
export function explainRule(rule: string, { label, stands }: Told): string {
  const stays = stands === undefined || stands === '' ? 'it stays empty' : `${stands} stays`
  const sentence = sentences[rule]
  return sentence === undefined
    ? `A rule (${rule}) decided about ${label}: ${stays}.`
    : sentence(label, stays)
}
