import type { DocumentKind } from '@fulqrun/protocol'
import { rootsOf } from '@fulqrun/schema'
import * as fc from 'fast-check'
import * as Y from 'yjs'

/**
 * What a client with raw Yjs and no manners can do: any value, any shared type, under any root and any key. Each edit
 * is made in an attacker's own document, where roots may have the wrong type, and answered as an update.
 */
export interface HostileEdit {
  readonly root: string
  /** The type that the attacker gives to the root. */
  readonly as: 'map' | 'array' | 'text' | 'xml'
  readonly key: string
  readonly action: 'write' | 'delete'
  readonly value: HostileValue
}

export type HostileValue =
  | { readonly sort: 'json'; readonly json: unknown }
  | { readonly sort: 'bytes' | 'map' | 'array' | 'text' | 'xml' | 'subdocument' | 'undefined' | 'deep' }

const nastyKeys = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'a.b',
  'financials',
  'kind',
  'schemaVersion',
  'territoryId',
  'activity-1',
  'person-1',
  'amount',
  'stage',
  'probability',
  'closeDate',
  'npi',
  'trx',
]

function hostileKey(kind: DocumentKind): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...nastyKeys), fc.string({ maxLength: 12 }), fc.constantFrom(`${kind}.x`))
}

function hostileValue(): fc.Arbitrary<HostileValue> {
  const sort = fc.constantFrom(
    'bytes' as const,
    'map' as const,
    'array' as const,
    'text' as const,
    'xml' as const,
    'subdocument' as const,
    'undefined' as const,
    'deep' as const,
  )
  return fc.oneof(
    fc.jsonValue({ maxDepth: 3 }).map((json): HostileValue => ({ sort: 'json', json })),
    fc
      .constantFrom<unknown>(
        '',
        -1,
        1e308,
        0.1,
        'x'.repeat(10_000),
        true,
        null,
        [],
        {},
        'closed_won',
        '2026-02-31',
      )
      .map((json): HostileValue => ({ sort: 'json', json })),
    sort.map((s): HostileValue => ({ sort: s })),
  )
}

export function arbitraryHostileEdit(kind: DocumentKind): fc.Arbitrary<HostileEdit> {
  const known = rootsOf(kind).map(({ name }) => name)
  return fc.record(
    {
      root: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...known) },
        fc.constantFrom('text:meddpicc', 'text:x', '__proto__', '', 'activities.a', 'unknown'),
        fc.string({ maxLength: 8 }),
      ),
      as: fc.oneof(
        { weight: 3, arbitrary: fc.constant('map' as const) },
        fc.constantFrom('array' as const, 'text' as const, 'xml' as const),
      ),
      key: hostileKey(kind),
      action: fc.oneof(
        { weight: 4, arbitrary: fc.constant('write' as const) },
        fc.constant('delete' as const),
      ),
      value: hostileValue(),
    },
    { noNullPrototype: true },
  )
}

function deepMap(levels: number): Y.Map<unknown> {
  const map = new Y.Map<unknown>()
  if (levels > 0) map.set('deeper', deepMap(levels - 1))
  return map
}

function toContent(value: HostileValue): unknown {
  switch (value.sort) {
    case 'json':
      return value.json
    case 'bytes':
      return new Uint8Array([1, 2, 3])
    case 'map':
      return new Y.Map([['status', new Y.Array()]])
    case 'array':
      return Y.Array.from([1, 2])
    case 'text':
      return new Y.Text('text')
    case 'xml':
      return new Y.XmlElement('script')
    case 'subdocument':
      return new Y.Doc()
    case 'deep':
      return deepMap(60)
    default:
      return undefined
  }
}

/** Elements for a fragment: only shared types may be inserted by the API, which is bad enough. */
function toElement(value: HostileValue): Y.XmlElement | Y.XmlText {
  if (value.sort === 'text') return new Y.XmlText('<b>words</b>')
  const element = new Y.XmlElement('paragraph')
  let parent = element
  for (let level = 0; value.sort === 'deep' && level < 60; level++) {
    const child = new Y.XmlElement('blockquote')
    parent.insert(0, [child])
    parent = child
  }
  parent.insert(0, [new Y.XmlText('words')])
  return element
}

function write(attacker: Y.Doc, { root, as, key, action, value }: HostileEdit): void {
  if (as === 'map') {
    const map = attacker.getMap(root)
    if (action === 'delete') map.delete(key)
    else map.set(key, toContent(value))
  } else if (as === 'array') {
    const array = attacker.getArray(root)
    if (action === 'delete') array.delete(0, Math.min(1, array.length))
    else array.insert(0, [toContent(value) ?? null])
  } else if (as === 'text') {
    const text = attacker.getText(root)
    if (action === 'delete') text.delete(0, Math.min(3, text.length))
    else if (value.sort === 'json') text.insert(0, JSON.stringify(value.json), { href: 'javascript:' })
    else text.insertEmbed(0, { sort: value.sort })
  } else {
    const fragment = attacker.getXmlFragment(root)
    if (action === 'delete') fragment.delete(0, Math.min(1, fragment.length))
    else fragment.insert(0, [toElement(value)])
  }
}

/** The update that the attacker sends, having seen `doc`. */
export function hostileUpdate(doc: Y.Doc, edit: HostileEdit, clientId: number): Uint8Array {
  const attacker = new Y.Doc()
  attacker.clientID = clientId
  // Without defineRoots, so that a root takes the type the attacker asks for.
  Y.applyUpdate(attacker, Y.encodeStateAsUpdate(doc))
  const before = Y.encodeStateVector(attacker)
  write(attacker, edit)
  return Y.encodeStateAsUpdate(attacker, before)
}
