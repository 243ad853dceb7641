/** What of a draft the server does not have, as values that a person can read and copy. */
import * as Y from 'yjs'
import type { DocumentKind } from '@fulqrun/protocol'
import { defineRoots, readDecisions, type RootSpec, rootsOf, type StoredDecision } from '@fulqrun/schema'
import type { OutboxEntry, RefusedValue } from './device-store.ts'

/** Roots that hold bookkeeping and not what somebody entered. */
const bookkeeping = new Set(['edited'])

/** What this device has and the server does not. */
export interface Draft {
  readonly doc: Y.Doc
  readonly unsent: readonly Pick<OutboxEntry, 'update' | 'paths'>[]
}

/**
 * Compares the server's document with what it would be if the draft had been taken. Both are read by path; only what
 * differs is listed, so that an edit of one field reads as one line. A value that would give way to a colleague's is
 * listed as well: it was typed, and is nowhere else.
 */
export function diffDraft(server: Y.Doc, draft: Draft, kind: DocumentKind): readonly RefusedValue[] {
  const merged = new Y.Doc()
  defineRoots(merged, kind)
  try {
    Y.applyUpdate(merged, Y.encodeStateAsUpdate(server))
    Y.applyUpdate(merged, Y.encodeStateAsUpdate(draft.doc))
    return diffValues(
      readValues(server, kind),
      withTyped(readValues(merged, kind), { ...draft, doc: merged }),
    )
  } finally {
    merged.destroy()
  }
}

/** Compares two copies that have nothing in common, as before and after a backup was restored: path by path. */
export function diffCopies(server: Y.Doc, draft: Draft, kind: DocumentKind): readonly RefusedValue[] {
  return diffValues(readValues(server, kind), withTyped(readValues(draft.doc, kind), draft))
}

/** The draft's values at the paths that were touched, when the server's state is not to be had. */
export function pickDraft(draft: Draft, kind: DocumentKind): readonly RefusedValue[] {
  const values = withTyped(readValues(draft.doc, kind), draft)
  const paths = draft.unsent.flatMap((entry) => entry.paths).filter((path) => !isBookkeeping(path))
  return [...new Set(paths)].map((path) => {
    const value = values.get(path)
    return value === undefined ? { path } : { path, draft: value }
  })
}

function withTyped(values: ReadonlyMap<string, unknown>, draft: Draft): ReadonlyMap<string, unknown> {
  const { fields, words } = readReplaced(draft)
  const all = new Map([...values, ...fields])
  if (words === '') return all
  const notes = values.get('notes')
  return all.set('notes', typeof notes === 'string' ? `${notes}\n${words}` : words)
}

/**
 * What was typed and is not in the copy any more, because something of a colleague's took its place: a value that lost
 * to theirs, words in a paragraph that they removed. Yjs drops such content; the unsent updates have it.
 */
function readReplaced({ doc, unsent }: Draft): { fields: ReadonlyMap<string, unknown>; words: string } {
  const updates = unsent.flatMap(({ update }) => decode(update) ?? [])
  const own = Y.mergeDeleteSets(updates.map(({ ds }) => ds))
  const fields = new Map<string, unknown>()
  const lines: string[] = []
  for (const struct of updates.flatMap(({ structs }) => structs)) {
    if (!(struct instanceof Y.Item) || Y.isDeleted(own, struct.id)) continue
    const held = structAt(doc, struct.id)
    if (held === undefined || !held.deleted) continue
    if (struct.content instanceof Y.ContentAny) {
      const path = pathOf(doc, struct.id)
      if (path !== undefined && !isBookkeeping(path) && !path.startsWith('decisions.'))
        fields.set(path, struct.content.arr.at(-1))
    } else if (struct.content instanceof Y.ContentString) lines.push(struct.content.str)
  }
  return { fields, words: lines.join('\n') }
}

function isBookkeeping(path: string): boolean {
  return bookkeeping.has(path.split('.', 1)[0] ?? '')
}

function decode(update: Uint8Array): ReturnType<typeof Y.decodeUpdate> | undefined {
  try {
    return Y.decodeUpdate(update)
  } catch {
    return undefined
  }
}

function structAt({ store }: Y.Doc, { client, clock }: Y.ID): Y.Item | Y.GC | Y.Skip | undefined {
  const structs = store.clients.get(client)
  return structs === undefined || clock >= Y.getState(store, client)
    ? undefined
    : structs[Y.findIndexSS(structs, clock)]
}

/** A command notes the time of an edit right behind it. */
const stampWithin = 4

/** Path of the field that an item was written to. Of one in an entry that is gone only the time stamp tells. */
function pathOf(doc: Y.Doc, id: Y.ID): string | undefined {
  const item = structAt(doc, id)
  if (item instanceof Y.Item) return pathIn(doc, item)
  for (let ahead = 1; ahead <= stampWithin; ahead++) {
    const behind = structAt(doc, Y.createID(id.client, id.clock + ahead))
    if (behind instanceof Y.Item && behind.parent === doc.getMap('edited'))
      return behind.parentSub ?? undefined
  }
  return undefined
}

function pathIn(doc: Y.Doc, item: Y.Item): string | undefined {
  const keys: string[] = []
  let step: Y.Item | null = item
  let type = item.parent as Y.AbstractType<unknown>
  while (step !== null) {
    if (step.parentSub === null) return undefined
    keys.unshift(step.parentSub)
    type = step.parent as Y.AbstractType<unknown>
    step = type._item
  }
  const root = [...doc.share].find(([, each]) => each === type)?.[0]
  return root === undefined ? undefined : [root, ...keys].join('.')
}

function diffValues(
  server: ReadonlyMap<string, unknown>,
  draft: ReadonlyMap<string, unknown>,
): readonly RefusedValue[] {
  const paths = [...new Set([...server.keys(), ...draft.keys()])].toSorted()
  return paths.flatMap((path) => {
    const [before, after] = [server.get(path), draft.get(path)]
    if (JSON.stringify(before) === JSON.stringify(after)) return []
    return [
      {
        path,
        ...(after === undefined ? {} : { draft: after }),
        ...(before === undefined ? {} : { server: before }),
      },
    ]
  })
}

function readValues(doc: Y.Doc, kind: DocumentKind): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>()
  for (const root of rootsOf(kind)) {
    if (!bookkeeping.has(root.name)) readRoot(doc, root, values)
  }
  return values
}

function readRoot(doc: Y.Doc, root: RootSpec, values: Map<string, unknown>): void {
  if (root.type === 'text') {
    setText(values, root.name, plainText(doc.getText(root.name)))
  } else if (root.type === 'xml') {
    setText(values, root.name, readRichText(doc.getXmlFragment(root.name)))
  } else if (root.name === 'decisions') {
    for (const { id, ...decision } of readDecisions(doc)) {
      const words = wordsOf(decision)
      if (words !== undefined) values.set(`decisions.${id}`, words)
    }
  } else {
    for (const [key, value] of doc.getMap(root.name)) {
      if (value instanceof Y.Map) {
        for (const [inner, leaf] of value) values.set(`${root.name}.${key}.${inner}`, toPlain(leaf))
      } else {
        values.set(`${root.name}.${key}`, toPlain(value))
      }
    }
  }
}

function setText(values: Map<string, unknown>, path: string, text: string): void {
  if (text !== '') values.set(path, text)
}

function toPlain(value: unknown): unknown {
  return value instanceof Y.AbstractType ? (value.toJSON() as unknown) : value
}

/** Words of the notes, a line per block; marks and widgets are left out. */
function readRichText(fragment: Y.XmlFragment): string {
  const lines: string[] = []
  for (const child of fragment.toArray()) {
    if (child instanceof Y.XmlText) lines.push(plainText(child))
    else if (child instanceof Y.XmlFragment) lines.push(readRichText(child))
  }
  return lines.filter((line) => line !== '').join('\n')
}

function plainText(text: Y.Text): string {
  const delta = text.toDelta() as readonly { readonly insert?: unknown }[]
  return delta.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('')
}

/** What somebody decided, for them to read; a value that they chose is listed at its own path. */
function wordsOf(decision: StoredDecision): string | undefined {
  switch (decision.type) {
    case 'choose':
    case 'edit':
      return 'One of several values was chosen'
    case 'keep-both':
      return 'Both were kept'
    case 'undo':
      return 'A decision was taken back'
    case 'proposal': {
      const { decision: answer, comment } = decision
      const words = `A proposal was ${answer}`
      return comment === undefined ? words : `${words}: ${comment}`
    }
    case 'accept':
      // Having read something is nothing that anybody entered.
      return undefined
  }
}
