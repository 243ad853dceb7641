import { documentKinds } from '@fulqrun/protocol'
import {
  copyDocument,
  documentJson,
  exchange,
  listFixtures,
  loadFixture,
  makeDocument,
  makeVersionOne,
  openFixture,
  stagesOfVersionOne,
} from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { currentSchemaVersion } from './kinds.ts'
import { migrate, migrations } from './migrate.ts'
import { readContact, readDocument, readKpi, readOpportunity } from './read.ts'

const versions = Array.from({ length: currentSchemaVersion }, (_, index) => index + 1)

describe('fixtures', () => {
  test('[SCH-14] every version up to the current one is frozen for every kind', () => {
    const expected = documentKinds.flatMap((kind) => versions.map((version) => `${kind}.v${version}`)).sort()
    expect(
      listFixtures()
        .map(({ kind, version }) => `${kind}.v${version}`)
        .sort(),
    ).toEqual(expected)
  })

  test('[SCH-14] the chain has one step per version, in order', () => {
    expect(migrations.map(({ to }) => to)).toEqual(versions.slice(1))
  })

  test.each(listFixtures())(
    '[SCH-14] $kind of version $version still opens and migrates as it did',
    (which) => {
      const fixture = loadFixture(which.kind, which.version)
      const doc = openFixture(fixture)
      expect(documentJson(doc)).toEqual(fixture.written)
      const result = migrate(doc)
      expect(result).toMatchObject({
        from: which.version,
        to: currentSchemaVersion,
        changed: which.version < currentSchemaVersion,
        tooNew: false,
      })
      expect(documentJson(doc)).toEqual(fixture.migrated)
      expect(readDocument(doc, which.kind).issues).toEqual([])
    },
  )

  test('[SCH-14] every step of every kind converts something in the fixture before it', () => {
    for (const { to, convert } of migrations) {
      for (const kind of documentKinds) {
        if (!convert[kind]) continue
        const { converted } = migrate(openFixture(loadFixture(kind, to - 1)))
        expect(
          converted.filter((step) => step.to === to),
          `${kind} to ${to}`,
        ).not.toEqual([])
      }
    }
  })

  test('[SCH-14] an old device and a new one merge into one document', () => {
    for (const kind of documentKinds) {
      const old = openFixture(loadFixture(kind, 1), 2)
      const current = openFixture(loadFixture(kind, 1), 3)
      migrate(current)
      old.getXmlFragment('notes').insert(0, [new Y.XmlElement('paragraph')])
      exchange(old, current)
      migrate(old)
      migrate(current)
      expect(documentJson(old)).toEqual(documentJson(current))
      expect(readDocument(current, kind).issues).toEqual([])
    }
  })
})

describe('the step to version 2', () => {
  test.each(Object.entries(stagesOfVersionOne))('turns the stage %s into %s', (before, after) => {
    const doc = makeVersionOne('opportunity', { stage: before })
    migrate(doc)
    expect(readOpportunity(doc).view.fields.stage).toBe(after)
  })

  test.each([
    ['60', 60],
    ['60%', 60],
    [' 7.5 % ', 7.5],
    ['150 %', 100],
  ])('turns the probability %j into %j', (before, after) => {
    const doc = makeVersionOne('opportunity', { probability: before })
    migrate(doc)
    expect(readOpportunity(doc).view.fields.probability).toBe(after)
  })

  test('leaves a probability it cannot read to the reader, which reports it', () => {
    const doc = makeVersionOne('opportunity', { probability: 'about half' })
    migrate(doc)
    expect(readOpportunity(doc).view.fields.probability).toBeUndefined()
    expect(readOpportunity(doc).issues.map(({ path }) => path)).toEqual(['fields.probability'])
  })

  test('moves the owner, and keeps an owner that is already there', () => {
    const doc = makeVersionOne('opportunity')
    migrate(doc)
    expect(doc.getMap('fields').has('assignedTo')).toBe(false)
    expect(readOpportunity(doc).view.fields.ownerId).toBe('user-ben')
    const both = makeVersionOne('opportunity', { ownerId: 'user-ana' })
    migrate(both)
    expect(readOpportunity(both).view.fields.ownerId).toBe('user-ana')
  })

  test('turns NPI numbers into text and short quarters into long ones', () => {
    const contact = makeVersionOne('contact')
    migrate(contact)
    expect(readContact(contact).view.fields).toMatchObject({
      npi: '1245319599',
      formularyStatus: 'non_preferred',
    })
    const kpi = makeVersionOne('kpi')
    migrate(kpi)
    expect(readKpi(kpi).view.fields.period).toBe('2026-Q2')
  })
})

describe('migrating', () => {
  test('[SCH-14] twice is the same as once, and a current document is left alone', () => {
    for (const kind of documentKinds) {
      const doc = makeVersionOne(kind)
      expect(migrate(doc).changed).toBe(true)
      const once = Y.encodeStateAsUpdate(doc)
      expect(migrate(doc)).toMatchObject({ changed: false, converted: [] })
      expect(Y.encodeStateAsUpdate(doc)).toEqual(once)
      const current = makeDocument(kind)
      const before = Y.encodeStateAsUpdate(current)
      expect(migrate(current).changed).toBe(false)
      expect(Y.encodeStateAsUpdate(current)).toEqual(before)
    }
  })

  test('[SCH-14] on two devices at once ends in the same document, whichever client id wins', () => {
    for (const kind of documentKinds) {
      for (const [left, right] of [
        [2, 3],
        [3, 2],
      ] as const) {
        const a = copyDocument(makeVersionOne(kind), kind, left)
        const b = copyDocument(makeVersionOne(kind), kind, right)
        migrate(a)
        migrate(b)
        const alone = documentJson(a)
        exchange(a, b)
        expect(documentJson(a)).toEqual(alone)
        expect(documentJson(b)).toEqual(alone)
      }
    }
  })

  test('[SCH-14] converts what an old device adds after the migration, when that wins', () => {
    const start = makeVersionOne('opportunity')
    const old = copyDocument(start, 'opportunity', 9)
    const current = copyDocument(start, 'opportunity', 2)
    migrate(current)
    old.getMap('fields').set('stage', 'qualifying')
    exchange(old, current)
    expect(current.getMap('fields').get('stage')).toBe('qualifying')
    expect(migrate(current)).toMatchObject({ from: 2, changed: true })
    expect(readOpportunity(current).view.fields.stage).toBe('engaging')
    expect(readOpportunity(current).issues).toEqual([])
  })

  test('[SCH-15] a document of a newer version is reported and never written to', () => {
    for (const kind of documentKinds) {
      const doc = makeVersionOne(kind)
      doc.getMap('meta').set('schemaVersion', currentSchemaVersion + 1)
      const before = Y.encodeStateAsUpdate(doc)
      expect(migrate(doc)).toEqual({
        from: currentSchemaVersion + 1,
        to: currentSchemaVersion + 1,
        changed: false,
        tooNew: true,
        converted: [],
      })
      expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
      expect(readDocument(doc, kind).issues.map(({ code }) => code)).toContain('document/too-new')
    }
  })

  test('an empty or damaged document is left alone', () => {
    const doc = new Y.Doc()
    expect(migrate(doc)).toMatchObject({ changed: false, tooNew: false })
    doc.getMap('meta').set('schemaVersion', 'two')
    expect(migrate(doc).changed).toBe(false)
    expect(doc.getMap('meta').get('schemaVersion')).toBe('two')
  })
})
