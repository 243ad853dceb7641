import type { DocumentKind } from '@fulqrun/protocol'
import { attachmentFields, fieldSpec, kindSpec, parsePath } from '@fulqrun/schema'

/**
 * The field policy table: for each kind and path, who may write it and what happens when two people, or a person and
 * the server, disagree. It is data: admission reads it at the server, screens read the sentences. An organization's
 * admin changes strategies within what is safe (`changeableTo`); the table in force has a version, and every conflict
 * and proposal records the version by which it was judged.
 *
 * Rule ids are those of `packages/rules/SPEC.md`.
 */

export const strategies = [
  'server-wins',
  'client-wins',
  'merge',
  'user-choice',
  'completed-wins',
  'most-restrictive',
  'append-only',
  'derived',
] as const
export type Strategy = (typeof strategies)[number]

export type Writer =
  /** Anybody with write access. */
  | 'people'
  /** Only in the update that creates the record. */
  | 'creation'
  /** Only the server, on behalf of somebody it has checked. */
  | 'server'

export interface Policy {
  readonly strategy: Strategy
  readonly writer: Writer
  /** Id of the rule in SPEC.md that puts a forbidden write back, or that resolves concurrent ones. */
  readonly ruleId: string
  /** Whether a written value that is put back becomes a proposal. */
  readonly proposes: boolean
  /** Whether whoever writes it has to say why; `override` where only overriding its rule needs a reason. */
  readonly reason: 'none' | 'override'
  /** One sentence for the person whose value did not stay. */
  readonly sentence: string
  /** Strategies that an admin may choose instead; empty where that would not be safe. */
  readonly changeableTo: readonly Strategy[]
}

function policy(
  strategy: Strategy,
  ruleId: string,
  rest: Partial<Policy> & Pick<Policy, 'sentence'>,
): Policy {
  return { strategy, ruleId, writer: 'people', proposes: false, reason: 'none', changeableTo: [], ...rest }
}

const byFinance = policy('server-wins', 'POL-1', {
  writer: 'server',
  proposes: true,
  sentence: 'Set by finance, so the official value stays; yours is kept as a proposal.',
})
const byManagement = policy('server-wins', 'POL-1', {
  writer: 'server',
  proposes: true,
  sentence: 'Targets are set by management, so the official value stays; yours is kept as a proposal.',
})
const computed = policy('derived', 'POL-2', {
  writer: 'server',
  sentence: 'Computed by the server from recorded events, so it cannot be typed in.',
})
const identity = policy('server-wins', 'POL-3', {
  writer: 'creation',
  sentence: 'Set when the record was created and not changed afterwards.',
})
const serverOnly = policy('server-wins', 'POL-3', { writer: 'server', sentence: 'Kept by the server.' })
const proposals = policy('append-only', 'POL-4', {
  sentence: 'A proposal is not changed after it was made; withdraw it and make another.',
})
const merged = policy('merge', 'POL-5', { sentence: "Both people's words are kept." })
const latest = policy('client-wins', 'RES-2', {
  sentence:
    'Two people changed this apart from each other: the later edit stays, the other one is kept here.',
  changeableTo: ['client-wins', 'user-choice'],
})
const chosen = policy('user-choice', 'RES-3', {
  sentence: 'Two people changed this apart from each other: somebody has to choose.',
  changeableTo: ['user-choice', 'client-wins'],
})
const gated = policy('client-wins', 'GAT-1', {
  proposes: true,
  reason: 'override',
  sentence: 'A stage is entered when its gate is met; a manager may decide otherwise.',
})
const sticky = policy('completed-wins', 'RES-4', {
  sentence: 'It was completed meanwhile, and completed stays completed.',
})
const restrictive = policy('most-restrictive', 'RES-5', {
  sentence: 'Of two answers given apart from each other, the more restrictive one stays.',
})
const consentLine = policy('most-restrictive', 'RES-6', {
  sentence:
    'A line of consent is evidence: it only ever becomes more restrictive. Record a new line instead.',
})
const appended = policy('append-only', 'RES-7', {
  sentence: 'Entries here are added and never changed or removed.',
})
const decided = policy('append-only', 'CON-3', { sentence: 'A decision is carried out by the server.' })
const bookkeeping = policy('client-wins', 'ADM-7', { sentence: 'When the field was last edited.' })

/** Scalar fields that differ from the default `client-wins`. */
const fieldPolicies: Readonly<Record<DocumentKind, Readonly<Record<string, Policy>>>> = {
  opportunity: { stage: gated, name: chosen, account: chosen, ownerId: chosen, closeDate: chosen },
  contact: {
    npi: chosen,
    firstName: chosen,
    lastName: chosen,
    doNotCall: restrictive,
    doNotEmail: restrictive,
    doNotVisit: restrictive,
  },
  kpi: { period: identity, title: identity },
}

const fixed = policy('append-only', 'RES-11', {
  sentence: 'A file that is attached stays what it is; remove it and attach another one.',
})

/** Fields of entries that differ from the default `client-wins`. */
const entryPolicies: Readonly<Record<string, Readonly<Record<string, Policy>>>> = {
  activities: { status: sticky, completedAt: sticky, completedBy: sticky },
  attachments: Object.fromEntries(Object.keys(attachmentFields).map((key) => [key, fixed])),
  licences: { status: restrictive, expiresOn: restrictive, deaExpiresOn: restrictive },
}

const rootPolicies: Readonly<Record<string, Policy>> = {
  meta: identity,
  financials: byFinance,
  targets: byManagement,
  values: computed,
  conflicts: serverOnly,
  proposals,
  decisions: decided,
  edited: bookkeeping,
  notes: merged,
  consents: consentLine,
  samples: appended,
  signatures: appended,
}

/** Entries of a collection as a whole: added, removed, or removed while somebody else edited them. */
const wholeEntry = policy('user-choice', 'RES-8', {
  sentence: 'One person removed this while another changed it: somebody has to choose.',
})

function defaultPolicyFor(kind: DocumentKind, path: string): Policy | undefined {
  const { root, id, key } = parsePath(path)
  if (root === 'fields') {
    if (fieldSpec(kind, path) === undefined) return undefined
    return fieldPolicies[kind][key ?? ''] ?? latest
  }
  if (root.startsWith('text:')) return merged
  const ofRoot = rootPolicies[root]
  if (ofRoot !== undefined) return ofRoot
  if (id !== undefined && key === undefined) return wholeEntry
  return entryPolicies[root]?.[key ?? ''] ?? latest
}

/** An admin's choice of another strategy for one field; `path` has `*` for the id of an entry. */
export interface PolicyOverride {
  readonly kind: DocumentKind
  readonly path: string
  readonly strategy: Strategy
}

/** Up to which values a manager approves proposals; finance approves all. */
export interface ApprovalLimits {
  /** Amount of an opportunity, in its currency. */
  readonly managerMaxAmount: number
  /** Percent. */
  readonly managerMaxDiscount: number
}

/** What an organization has set. */
export interface PolicySettings {
  readonly overrides: readonly PolicyOverride[]
  readonly approvals: ApprovalLimits
}

/** The policies in force in an organization. */
export interface PolicyTable {
  /** Rises with every change; 1 is the table that every organization starts with. */
  readonly version: number
  readonly settings: PolicySettings
  /** Keyed by `<kind> <path with *>`. */
  readonly overridden: ReadonlyMap<string, Policy>
}

export const defaultPolicySettings: PolicySettings = {
  overrides: [],
  approvals: { managerMaxAmount: 250_000, managerMaxDiscount: 20 },
}

/** The table of an organization. Overrides that are not safe are left out: pinned stays pinned. */
export function policyTable(version: number, settings: PolicySettings): PolicyTable {
  const overridden = new Map<string, Policy>()
  for (const override of settings.overrides) {
    if (overrideProblem(override) !== undefined) continue
    const policyOfStrategy = override.strategy === 'user-choice' ? chosen : latest
    overridden.set(`${override.kind} ${override.path}`, policyOfStrategy)
  }
  return { version, settings, overridden }
}

export const defaultPolicyTable: PolicyTable = policyTable(1, defaultPolicySettings)

/** What is wrong with an override, in words for an admin; undefined when nothing is. */
export function overrideProblem({ kind, path, strategy }: PolicyOverride): string | undefined {
  const standard = fieldSpec(kind, path) === undefined ? undefined : defaultPolicyFor(kind, path)
  if (standard === undefined) return `There is no field ${path}`
  if (standard.changeableTo.length === 0) return `The rule of ${path} is not changed: ${standard.sentence}`
  if (!standard.changeableTo.includes(strategy))
    return `${path} may be ${standard.changeableTo.join(' or ')}, not ${strategy}`
  return undefined
}

/** What is wrong with approval limits, in words for an admin; undefined when nothing is. */
export function approvalLimitsProblem(limits: ApprovalLimits): string | undefined {
  const { managerMaxAmount, managerMaxDiscount } = limits
  if (!Number.isFinite(managerMaxAmount) || managerMaxAmount < 0)
    return 'The amount that a manager approves is a number, 0 or more'
  if (!(managerMaxDiscount >= 0 && managerMaxDiscount <= 100))
    return 'The discount that a manager approves is a percentage from 0 to 100'
  return undefined
}

/**
 * Policy of a path, as parsed by the schema. `undefined` means that the schema does not list the path: it is emptied
 * on arrival (ADM-4).
 */
export function policyFor(
  kind: DocumentKind,
  path: string,
  table: PolicyTable = defaultPolicyTable,
): Policy | undefined {
  if (table.overridden.size > 0) {
    const { root, id, key } = parsePath(path)
    const general = id === undefined ? path : `${root}.*.${key}`
    const overridden = table.overridden.get(`${kind} ${general}`)
    if (overridden !== undefined) return overridden
  }
  return defaultPolicyFor(kind, path)
}

/** One line of the table, as an admin reads it. */
export interface PolicyRow {
  readonly path: string
  readonly label: string
  /** What it is a part of: a group of fields, the official values, a collection. */
  readonly part: string
  readonly policy: Policy
  readonly overridden: boolean
}

/** The whole table of a kind, in the order of the record. */
export function policyRows(
  kind: DocumentKind,
  table: PolicyTable = defaultPolicyTable,
): readonly PolicyRow[] {
  const spec = kindSpec(kind)
  const groups = new Map(spec.groups.map(({ id, label }) => [id, label]))
  const parts = [
    ...spec.fields.map((field) => ({ field, part: groups.get(field.group ?? '') ?? spec.label })),
    ...spec.pinned.flatMap(({ label, fields }) => fields.map((field) => ({ field, part: label }))),
    ...spec.collections.flatMap(({ label, fields }) => fields.map((field) => ({ field, part: label }))),
    ...spec.richText.map((field) => ({ field, part: spec.label })),
    ...spec.texts.map((field) => ({ field, part: groups.get(field.group ?? '') ?? spec.label })),
  ]
  return parts.flatMap(({ field, part }) => {
    const found = policyFor(kind, field.path, table)
    if (found === undefined) return []
    const overridden = table.overridden.has(`${kind} ${field.path}`)
    return [{ path: field.path, label: field.label, part, policy: found, overridden }]
  })
}
