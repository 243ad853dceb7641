import {
  checkValue,
  type Consent,
  type ConsentChannel,
  type ContactView,
  standingOptOuts,
} from '@fulqrun/schema'

/** What the dialog asks for; text as typed. */
export interface ConsentDraft {
  readonly channel: ConsentChannel
  /** Not chosen yet while undefined: nobody opts in or out by default. */
  readonly optType: Consent['optType'] | undefined
  readonly scope: string
  readonly evidence: string
  readonly textVersion: string
  /** ISO date or empty. */
  readonly expiresOn: string
}

export const emptyDraft: ConsentDraft = {
  channel: 'email',
  optType: undefined,
  scope: '',
  evidence: '',
  textVersion: '',
  expiresOn: '',
}

export function isOptIn({ optType }: ConsentDraft): boolean {
  return optType === 'opt_in' || optType === 'double_opt_in'
}

/** A list field holds this many; the opt-outs beyond them stand until another opt-in names them. */
const maxReplaced = 50

/**
 * The opt-outs that the draft would end: those that stood when the dialog was opened. One that arrives while it is
 * open was not seen by who gives the opt-in, and stands.
 */
export function replacedBy(draft: ConsentDraft, seen: readonly Consent[]): readonly Consent[] {
  return isOptIn(draft) ? standingOptOuts(seen, draft.channel).slice(0, maxReplaced) : []
}

/** Where a contact is reached on a channel, kept with the line: the address may change, what was agreed does not. */
function addressOf({ fields }: ContactView, channel: ConsentChannel): string | undefined {
  if (channel === 'email') return fields.email
  if (channel === 'phone') return fields.phone ?? fields.mobile
  return channel === 'sms' ? fields.mobile : undefined
}

export interface ConsentContext {
  readonly view: ContactView
  /** The lines that were there when the dialog was opened. */
  readonly seen: readonly Consent[]
  /** User id. */
  readonly userId: string
  /** ms. */
  readonly now: number
}

const typed = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim())

/** The new line. */
export function consentValues(
  draft: ConsentDraft,
  context: ConsentContext,
): Readonly<Record<string, unknown>> {
  const { view, seen, userId, now } = context
  const replaces = replacedBy(draft, seen).map(({ id }) => id)
  const all = {
    channel: draft.channel,
    optType: draft.optType,
    capturedAt: now,
    capturedBy: userId,
    scope: typed(draft.scope),
    channelValue: addressOf(view, draft.channel),
    evidence: typed(draft.evidence),
    textVersion: typed(draft.textVersion),
    expiresOn: isOptIn(draft) ? typed(draft.expiresOn) : undefined,
    replaces: replaces.length === 0 ? undefined : replaces,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

export interface DraftProblem {
  readonly key: string
  readonly message: string
}

/** What has to be put right before the line can be added. */
export function consentProblem(draft: ConsentDraft, context: ConsentContext): DraftProblem | undefined {
  if (draft.optType === undefined) return { key: 'optType', message: 'Choose what was said' }
  if (isOptIn(draft) && draft.evidence.trim() === '')
    return { key: 'evidence', message: 'Say how the consent was given: it has to be shown later' }
  const issue = checkValue('contact', 'consents.new', consentValues(draft, context))
  return issue && { key: issue.path.slice('consents.new.'.length), message: issue.message }
}
