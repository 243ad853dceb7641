import { documentKinds, isDocumentName, parseDocumentName } from '@fulqrun/protocol'
import {
  consentState,
  defineRoots,
  isNpi,
  kpiIds,
  readContact,
  readKpi,
  readOpportunity,
  scoreMeddpicc,
  stages,
  summarize,
} from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { demoOrganizations } from '../accounts/seed-accounts.ts'
import type { LogEntry } from '../store/document-store.ts'
import { MemoryDocumentStore } from '../store/memory-document-store.ts'
import { buildDemoBatch } from './demo-batch.ts'
import { seedDemoDocuments } from './index.ts'

const now = Date.UTC(2026, 8, 16, 14, 30)
const batch = buildDemoBatch({ now })

function entriesOf(document: string): LogEntry[] {
  return batch.entries.filter((entry) => entry.document === document)
}

function rebuild(document: string): Y.Doc {
  const { kind } = parseDocumentName(document) ?? {}
  if (kind === undefined) throw new RangeError(document)
  const doc = new Y.Doc()
  defineRoots(doc, kind)
  for (const { update } of entriesOf(document)) Y.applyUpdate(doc, update)
  return doc
}

const documents = batch.descriptions.map((description) => ({
  ...description,
  doc: rebuild(description.document),
}))

function ofKind<V>(kind: string, read: (doc: Y.Doc) => V) {
  return documents
    .filter((document) => document.kind === kind)
    .map((document) => ({ ...document, ...read(document.doc) }))
}

const opportunities = ofKind('opportunity', readOpportunity)
const contacts = ofKind('contact', readContact)
const kpiSets = ofKind('kpi', readKpi)

// Two of these make the whole demo once more, which takes seconds on a busy machine.
describe('the demo as a whole', { timeout: 60_000 }, () => {
  test('is the same bytes for the same time', () => {
    expect(buildDemoBatch({ now })).toEqual(batch)
  })

  test('is in the past, also on a Sunday in the first minute of a quarter', () => {
    const sunday = Date.UTC(2028, 9, 1, 0, 1)
    for (const { entries, time } of [
      { ...batch, time: now },
      { ...buildDemoBatch({ now: sunday }), time: sunday },
    ]) {
      const times = entries.flatMap(({ receivedAt, changes }) => [
        receivedAt,
        ...changes.map(({ editedAt }) => editedAt),
      ])
      expect(times.filter((moment) => moment > time)).toEqual([])
    }
  })

  test('has the agreed number of records in each organization', () => {
    const count = (kind: string, organization: string) =>
      documents.filter((document) => document.kind === kind && document.organizationId === organization)
        .length
    expect(documentKinds.map((kind) => count(kind, 'meridian'))).toEqual([60, 120, 8])
    expect(documentKinds.map((kind) => count(kind, 'rival'))).toEqual([3, 4, 0])
  })

  test('gives every record a name of its own, in a territory of its organization', () => {
    expect(new Set(documents.map(({ document }) => document)).size).toBe(documents.length)
    for (const { document, organizationId, territoryId, doc, kind } of documents) {
      expect(isDocumentName(document)).toBe(true)
      expect(document).toMatch(/-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)
      const organization = demoOrganizations.find(({ id }) => id === organizationId)
      expect(organization?.territories.map(({ id }) => id)).toContain(territoryId)
      expect(doc.getMap('meta').get('territoryId')).toBe(territoryId)
      expect(document.startsWith(`${organizationId}/${kind}/`)).toBe(true)
    }
  })

  test('reads without a single issue', () => {
    const issues = [...opportunities, ...contacts, ...kpiSets].flatMap((record) =>
      record.issues.map((issue) => ({ title: record.title, ...issue })),
    )
    expect(issues).toEqual([])
  })

  test('lists every record by the summary of its content', () => {
    for (const { doc, kind, title, summary } of documents)
      expect({ title, summary }).toEqual(summarize(doc, kind))
  })

  test('is in the order in which it happened, and says what every step changed', () => {
    const times = batch.entries.map(({ receivedAt }) => receivedAt)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(batch.entries.filter(({ changes }) => changes.length === 0)).toEqual([])
  })

  test('was never put back by a rule', () => {
    const actions = new Set(batch.entries.flatMap(({ changes }) => changes.map(({ action }) => action)))
    expect(actions).toEqual(new Set(['set', 'text', 'propose', 'decide', 'conflict']))
  })
})

describe('opportunities', () => {
  test('cover all stages, and both territories about equally', () => {
    const meridian = opportunities.filter(({ organizationId }) => organizationId === 'meridian')
    const inStage = (stage: string) => meridian.filter(({ view }) => view.fields.stage === stage).length
    expect(stages.filter(({ value }) => inStage(value) < 4)).toEqual([])
    expect(meridian.filter(({ territoryId }) => territoryId === 'meridian-north')).toHaveLength(31)
  })

  test('have a history of several sittings', () => {
    const sittings = opportunities.map(({ document }) => entriesOf(document).length)
    expect(Math.min(...sittings)).toBeGreaterThanOrEqual(4)
    expect(Math.max(...sittings)).toBeLessThanOrEqual(18)
  })

  test('have met the gates of the stages that they went through', () => {
    const gates = [
      { identifyPain: 50, champion: 50, economicBuyer: 50 },
      { economicBuyer: 70, decisionCriteria: 60, decisionProcess: 60 },
      { paperProcess: 70, competition: 70, champion: 80 },
    ]
    const passed: Readonly<Record<string, number>> = {
      engaging: 1,
      advancing: 2,
      closed_lost: 2,
      key_decision: 3,
      closed_won: 3,
    }
    const missed = opportunities.flatMap(({ view, title }) => {
      const scores = new Map<string, number>(scoreMeddpicc(view).pillars.map(({ id, score }) => [id, score]))
      return gates
        .slice(0, passed[view.fields.stage] ?? 0)
        .flatMap((gate) => Object.entries(gate))
        .filter(([pillar, score]) => (scores.get(pillar) ?? 0) < score)
        .map(([pillar]) => `${title}: ${pillar}`)
    })
    expect(missed).toEqual([])
  })

  test('are qualified the better the further they are', () => {
    const mean = (stage: string) => {
      const scores = opportunities
        .filter(({ view }) => view.fields.stage === stage)
        .map(({ view }) => scoreMeddpicc(view).overall)
      return scores.reduce((sum, score) => sum + score, 0) / scores.length
    }
    const means = ['prospecting', 'engaging', 'advancing', 'key_decision'].map(mean)
    expect(means).toEqual(means.toSorted((one, other) => one - other))
    expect(means[0]).toBeLessThan(25)
    expect(means[3]).toBeGreaterThan(75)
  })

  test('name their own contacts', () => {
    const known = new Map(contacts.map(({ document, view }) => [parseDocumentName(document)?.id, view]))
    for (const { view } of opportunities) {
      const contact = known.get(view.fields.contactId ?? '')
      expect(`${contact?.fields.firstName} ${contact?.fields.lastName}`).toBe(view.fields.contactName)
      expect(contact?.affiliations.map(({ organization }) => organization)).toContain(view.fields.account)
      expect(contact?.meta.createdAt).toBeLessThan(view.meta.createdAt ?? 0)
    }
  })

  test('say why they were lost, and what is next while they are open', () => {
    const unexplained = opportunities.filter(({ view }) => {
      const { stage, lossReason, outcomeNote, nextStep } = view.fields
      if (stage === 'closed_lost') return lossReason === undefined || outcomeNote === undefined
      return stage === 'closed_won' ? outcomeNote === undefined : nextStep === undefined
    })
    expect(unexplained.map(({ title }) => title)).toEqual([])
  })

  test('have proposals that wait, and proposals that were decided either way', () => {
    const proposals = opportunities.flatMap(({ view }) => view.proposals)
    const by = (status: string) =>
      proposals.filter((proposal) => proposal.status === status).map(({ author }) => author)
    expect(by('waiting').length).toBeGreaterThanOrEqual(5)
    expect(new Set(by('waiting'))).toEqual(new Set(['ana', 'ben']))
    expect(by('approved').length).toBeGreaterThanOrEqual(2)
    expect(by('rejected').length).toBeGreaterThanOrEqual(1)
  })

  test('have activities that were done, are planned and are late', () => {
    const activities = opportunities.flatMap(({ view }) => view.activities)
    const today = new Date(now).toISOString().slice(0, 10)
    const planned = activities
      .filter(({ status }) => status === 'pending')
      .map(({ dueDate }) => dueDate ?? '')
    expect(planned.some((date) => date < today)).toBe(true)
    expect(planned.some((date) => date > today)).toBe(true)
    const done = activities.filter(({ status }) => status === 'completed')
    expect(done.every(({ completedAt = Infinity }) => completedAt <= now)).toBe(true)
  })

  test('keep notes as the editor does: blocks below the root, text below the blocks', () => {
    const blocks = ['paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote']
    for (const { doc } of opportunities) {
      const children = doc.getXmlFragment('notes').toArray() as Y.XmlElement[]
      expect(children.length).toBeGreaterThan(2)
      expect(children.map(({ nodeName }) => nodeName).filter((name) => !blocks.includes(name))).toEqual([])
      const headings = children.filter(({ nodeName }) => nodeName === 'heading')
      const levels: unknown[] = headings.map((heading) => heading.getAttribute('level'))
      expect(levels.filter((level) => level !== 2 && level !== 3)).toEqual([])
    }
  })
})

describe('contacts', () => {
  test('have valid NPIs, each its own, that nobody real can have', () => {
    const npis = contacts.map(({ view }) => view.fields.npi ?? '')
    expect(npis.filter(isNpi)).toHaveLength(contacts.length)
    expect(new Set(npis).size).toBe(contacts.length)
    expect(npis.every((npi) => npi.startsWith('2'))).toBe(true)
  })

  test('have a licence, a place of work and a word on consent', () => {
    for (const { view } of contacts) {
      expect(view.licences.length).toBeGreaterThan(0)
      expect(view.affiliations.filter(({ isPrimary }) => isPrimary)).toHaveLength(1)
      expect(view.consents.length).toBeGreaterThanOrEqual(2)
    }
  })

  test('some left a channel and came back, by a line that names the one it ends', () => {
    const returned = contacts.filter(({ view }) =>
      view.consents.some(({ replaces }) => replaces !== undefined && replaces.length > 0),
    )
    expect(returned.length).toBeGreaterThan(5)
    for (const { view } of returned) expect(consentState(view, 'video', now)).toBe('opt_in')
  })

  test('have samples on a licence, most of them signed for', () => {
    const samples = contacts.flatMap(({ view }) => view.samples)
    const signed = contacts.flatMap(({ view }) => view.signatures.map(({ sampleId }) => sampleId))
    expect(samples.filter(({ licenceNumber }) => licenceNumber === undefined)).toEqual([])
    const open = samples.filter(({ id }) => !signed.includes(id))
    expect(open.length).toBeGreaterThan(0)
    expect(open.length).toBeLessThan(samples.length / 3)
  })

  test('have addresses and numbers that lead nowhere', () => {
    for (const { view } of contacts) {
      expect(view.fields.email).toMatch(/@[a-z]+\.example$/)
      expect(view.fields.phone).toMatch(/^\+1 \d{3} 555 01\d\d$/)
    }
  })

  test('have names of their own', () => {
    expect(new Set(contacts.map(({ title }) => title)).size).toBe(contacts.length)
  })
})

describe('KPI sets', () => {
  test('are there for both territories and four quarters up to now', () => {
    for (const territory of ['meridian-north', 'meridian-south']) {
      const periods = kpiSets
        .filter(({ territoryId }) => territoryId === territory)
        .map(({ view }) => view.fields.period)
      expect(periods).toEqual(['2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3'])
    }
  })

  test('hold every KPI with its target, a trend that ends in its value, and a commentary', () => {
    for (const { view } of kpiSets) {
      for (const id of kpiIds) {
        const { value = NaN, trend = [], asOf = Infinity } = view.values[id] ?? {}
        expect(trend).toHaveLength(12)
        expect(Math.abs((trend.at(-1) ?? NaN) - value)).toBeLessThanOrEqual(Math.max(0.5, value * 0.001))
        expect(asOf).toBeLessThanOrEqual(now)
        expect(view.targets[id]).toBeGreaterThan(0)
      }
      expect(view.texts['commentary']).toBeTruthy()
    }
  })

  test('state the growth that follows from their prescriptions', () => {
    for (const { view } of kpiSets) {
      const { trx, growth } = view.values
      const grown = (100 * ((trx?.value ?? 0) - (trx?.previous ?? 1))) / (trx?.previous ?? 1)
      expect(growth?.value).toBeCloseTo(grown, 0)
    }
  })
})

test('the demo goes into a store, from which every record can be loaded', async () => {
  const store = new MemoryDocumentStore()
  await seedDemoDocuments(store, { now })
  expect(await store.territories()).toHaveLength(documents.length)
  for (const { document } of documents.slice(0, 3)) {
    const stored = await store.load(document)
    expect(stored?.tail.map(({ update }) => update)).toEqual(entriesOf(document).map(({ update }) => update))
  }
})
