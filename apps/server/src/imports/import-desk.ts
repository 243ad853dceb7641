import {
  type ChangeRecord,
  type DocumentName,
  formatDocumentName,
  type ImportRequest,
  type ImportRow,
  type ImportValue,
  type ImportVerdict,
} from '@fulqrun/protocol'
import { checkValue, importColumn, ImportMatches, importTitle, readMeta, SchemaError } from '@fulqrun/schema'
import { canWrite, type Principal } from '../accounts/principal.ts'
import { reachOf, standingOf } from '../documents/catalogue-view.ts'
import type { DocumentHost, ServerEdit } from '../documents/document-host.ts'
import type { DocumentStore } from '../store/document-store.ts'
import { type KnownRecord, knownRecords } from './known-records.ts'
import { recordIdOf, workplaceIdOf } from './row-id.ts'
import { type Kept, writeRow } from './row-edit.ts'
import { type Problem, refused, verdictOf } from './row-verdict.ts'

export interface ImportServices {
  readonly documents: DocumentHost
  readonly store: Pick<DocumentStore, 'history'>
  readonly now: () => number
}

/** One request of one import; the right to import has been checked. */
export interface ImportOrder extends ImportRequest {
  readonly principal: Principal
  readonly importId: string
  /** Everybody in the organization, by user id. */
  readonly people: ReadonlySet<string>
}

/** Rows that are on their way to the disk at once. */
const side = 20

/**
 * Says of each row what it comes to, and writes it if so ordered: as an edit of whoever imports, through the admission of
 * every other edit (IMP-2), so that the answer comes when it is on disk.
 */
export async function importRows(services: ImportServices, order: ImportOrder): Promise<ImportVerdict[]> {
  const { principal, kind } = order
  const rows = await services.documents.catalogue(principal.organizationId, {
    after: 0,
    territoryIds: reachOf(principal),
  })
  const known = knownRecords(
    kind,
    rows.filter((row) => standingOf(principal, row, 0) === 'listed'),
  )
  const seen = new ImportMatches<number>(kind)
  const plans = order.rows.map((row) => planOf(order, filled(row), { known, seen }))
  const verdicts: ImportVerdict[] = []
  for (let start = 0; start < plans.length; start += side) {
    const part = plans.slice(start, start + side)
    verdicts.push(...(await Promise.all(part.map((plan) => carryOut(services, order, plan)))))
  }
  return verdicts
}

/** IMP-7: an empty value is none, as an empty cell is: a script that sends one clears nothing by it. */
function filled(row: ImportRow): ImportRow {
  const isEmpty = (value: ImportValue) =>
    typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0
  const values = Object.fromEntries(Object.entries(row.values).filter(([, value]) => !isEmpty(value)))
  return { ...row, values }
}

/** What is to be done about a row: nothing, for what is wrong with it, or an edit of a record. */
type Plan =
  | { readonly row: ImportRow; readonly problems: readonly Problem[] }
  | { readonly row: ImportRow; readonly record: KnownRecord | undefined; readonly made: DocumentName }

function planOf(
  order: ImportOrder,
  row: ImportRow,
  { known, seen }: { readonly known: ImportMatches<KnownRecord>; readonly seen: ImportMatches<number> },
): Plan {
  const problems = problemsOf(order, row)
  const { kind } = order
  if (problems.length > 0) return { row, problems }
  const repeated = seen.find(row.values)
  if (repeated !== undefined) {
    const { item, key } = repeated
    return { row, problems: [{ path: key.path, message: `Row ${item} has ${key.words}` }] }
  }
  seen.add(row.values, importTitle(row.values), row.row)
  const id = recordIdOf(placeOf(order, row))
  const made = formatDocumentName({ organizationId: order.principal.organizationId, kind, id })
  return { row, record: known.find(row.values)?.item, made }
}

function placeOf({ principal, importId }: ImportOrder, { row }: ImportRow) {
  return { organizationId: principal.organizationId, userId: principal.user.id, importId, row }
}

/** IMP-1: what the schema does not allow is said by column, and nothing of the row is written. */
function problemsOf({ kind, people }: ImportOrder, { values }: ImportRow): readonly Problem[] {
  const problems = Object.entries(values).flatMap(([path, value]): Problem[] => {
    const column = importColumn(kind, path)
    if (column === undefined) return [{ path: path.slice(0, 100), message: 'Files cannot say this' }]
    if (column.spec.type === 'person' && !people.has(String(value)))
      return [{ path, message: 'Nobody here has this id' }]
    const issue = checkValue(kind, column.how === 'workplace' ? 'affiliations.x.organization' : path, value)
    return issue === undefined ? [] : [{ path, message: issue.message }]
  })
  const required = kind === 'contact' ? 'fields.lastName' : 'fields.name'
  if (values[required] === undefined && !problems.some(({ path }) => path === required))
    return [
      ...problems,
      { path: required, message: checkValue(kind, required, undefined)?.message ?? 'Needed' },
    ]
  return problems
}

async function carryOut(services: ImportServices, order: ImportOrder, plan: Plan): Promise<ImportVerdict> {
  if ('problems' in plan) return refused(plan.row, plan.problems)
  const { documents } = services
  const { row, record, made } = plan
  try {
    if (documents.isRemoved(made))
      return refused(row, [{ message: 'The record was removed after it was imported' }])
    if (documents.exists(made)) return await alreadyMade(services, order, plan)
    if (record === undefined) return await apply(services, order, { row, name: made, isNew: true })
    const before = await appliedBefore(services, order, { row, name: record.name })
    if (before !== undefined)
      return verdictOf(order, row, {
        name: record.name,
        title: record.title,
        outcome: 'change',
        changes: before,
        again: true,
      })
    return await apply(services, order, { row, name: record.name, isNew: false, title: record.title })
  } catch (error) {
    // A record of a newer layout, or one that was moved out of reach or removed meanwhile.
    if (error instanceof SchemaError) return refused(row, [{ message: error.message }])
    if (error instanceof OutOfReach) return refused(row, [{ message: 'The record is out of your reach now' }])
    throw error
  }
}

class OutOfReach extends Error {
  override readonly name = 'OutOfReach'
}

/**
 * What tells the id is readable in the history of other rows, so somebody else may have put a record there: nothing of the
 * row is in that one. Who made a record is what the rules say, whatever its maker writes.
 */
async function alreadyMade(
  { documents }: ImportServices,
  order: ImportOrder,
  { row, made }: { readonly row: ImportRow; readonly made: DocumentName },
): Promise<ImportVerdict> {
  const maker = await documents.withDocument(made, (document) => readMeta(document).createdBy)
  if (maker !== order.principal.user.id)
    return refused(row, [{ message: 'Somebody else has made a record in its place: import the row anew' }])
  return verdictOf(order, row, { name: made, outcome: 'create', changes: [], again: true })
}

interface Target {
  readonly row: ImportRow
  readonly name: DocumentName
  readonly isNew: boolean
  readonly title?: string | undefined
}

async function apply(services: ImportServices, order: ImportOrder, target: Target): Promise<ImportVerdict> {
  const { documents } = services
  const { row, name, isNew, title } = target
  const kept: Kept[] = []
  const edit = editOf(services, order, target, kept)
  const writes = order.mode === 'apply' && (isNew || row.existing === 'update')
  const changes = writes ? await documents.edit(name, edit) : await documents.rehearse(name, edit)
  const verdict = verdictOf(order, row, { name, title, outcome: isNew ? 'create' : 'change', changes, kept })
  if (isNew) return verdict
  const isSame = verdict.changes.length === 0 && verdict.proposed.length === 0
  if (isSame) return { ...verdict, outcome: 'same' }
  return row.existing === 'update' ? verdict : { ...verdict, outcome: 'duplicate' }
}

function editOf(
  { documents, now }: ImportServices,
  order: ImportOrder,
  { row, name, isNew }: Target,
  kept: Kept[],
): ServerEdit {
  const { principal, kind, territoryId } = order
  const { user, role } = principal
  const reason = reasonOf(order, row)
  return {
    author: { id: user.id, name: user.name, role },
    origin: 'import',
    authority: 'client',
    reason,
    change: (document) => {
      // Asked when the record is at hand: it may have been moved or removed while it was loaded.
      const isLost = !isNew && (documents.isRemoved(name) || !canWrite(principal, documents.scopeOf(name)))
      if (isLost) throw new OutOfReach()
      const values = isNew ? withOwner(order, row.values) : row.values
      const workplaceId = workplaceIdOf(placeOf(order, row))
      const edit = { kind, values, territoryId, author: user.id, reason, workplaceId, now: now() }
      kept.push(...writeRow(document, edit))
    },
  }
}

function withOwner(
  { ownerId }: ImportOrder,
  values: Readonly<Record<string, ImportValue>>,
): Readonly<Record<string, ImportValue>> {
  return ownerId === undefined ? values : { 'fields.ownerId': ownerId, ...values }
}

/** Ends with what finds the row again; the label in front is the importer's own words. */
function reasonOf(order: ImportOrder, row: ImportRow): string {
  return `Import of ${order.label || 'a file'} ${placeWords(order, row)}`
}

function placeWords({ importId }: ImportOrder, { row }: ImportRow): string {
  return `(row ${row}, import ${importId})`
}

/** What this import did to a record with this row, by its history: it is not done again over what came after (IMP-5). */
async function appliedBefore(
  { store }: ImportServices,
  order: ImportOrder,
  { row, name }: Pick<Target, 'row' | 'name'>,
): Promise<readonly ChangeRecord[] | undefined> {
  if (order.mode === 'check' || row.existing !== 'update') return undefined
  const limit = 200
  const place = placeWords(order, row)
  for (let before: number | undefined; ;) {
    const entries = await store.history(name, { before, limit })
    const found = entries.find(
      ({ origin, author, changes }) =>
        origin === 'import' &&
        author.id === order.principal.user.id &&
        changes.some(({ reason }) => reason?.endsWith(place)),
    )
    if (found !== undefined) return found.changes
    if (entries.length < limit) return undefined
    before = entries.at(-1)?.seq
  }
}
