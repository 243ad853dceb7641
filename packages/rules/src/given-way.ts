import { parsePath } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { AnyType, Judgement } from './judgement.ts'
import { type KeyChange, isNewIn } from './transaction-reader.ts'

/**
 * The server puts an entry back by writing it anew: the one that was there gives way with all its fields, and Yjs forgets
 * what they were. Somebody who has not heard of it goes on writing into those, and with raw Yjs nothing in such a write
 * says where it belongs but the item that it replaces (ADM-14). So the server notes in the document which items were
 * which field.
 */

/** Key of the server's note under `edited`; no path has this form, so no device can write it (ADM-7). */
const noteKeyPrefix = 'was:'
/** Items that are remembered per entry, the newest. */
const maxItems = 100

/** Notes the fields of an entry that is about to give way, or has in this change. */
export function noteFieldsOf(
  { transaction, edited }: Judgement,
  { type, key: entryId }: Pick<KeyChange, 'type' | 'key'>,
  entryPath: string,
): void {
  const notes: string[] = []
  for (let entry = type._map.get(entryId) ?? null; entry !== null; entry = entry.left) {
    const { content } = entry
    // Those of earlier changes have been noted, or nobody has put anything in their place.
    if (!(content instanceof Y.ContentType)) {
      if (!isNewIn(transaction, entry.id)) break
      continue
    }
    for (const [key, head] of (content.type as AnyType)._map)
      for (let item: Y.Item | null = head; item !== null && notes.length < maxItems; item = item.left)
        notes.push(`${item.id.client}-${item.id.clock}-${item.length} ${key.slice(0, 64)}`)
  }
  note(edited, entryPath, notes)
}

/** Notes items that were written as fields of an entry after it had given way, by path. */
export function noteLateFields({ edited }: Judgement, late: readonly (readonly [string, Y.ID])[]): void {
  const byEntry = new Map<string, string[]>()
  for (const [path, { client, clock }] of late) {
    const { root, id, key } = parsePath(path)
    if (id === undefined || key === undefined) continue
    const entryPath = `${root}.${id}`
    byEntry.set(entryPath, [
      `${client}-${clock}-1 ${key}`,
      ...(byEntry.get(entryPath) ?? []).slice(0, maxItems),
    ])
  }
  for (const [entryPath, notes] of byEntry) note(edited, entryPath, notes)
}

function note(edited: Y.Map<unknown>, entryPath: string, notes: readonly string[]): void {
  if (notes.length === 0) return
  const noteKey = noteKeyPrefix + entryPath
  edited.set(noteKey, [...new Set([...notes, ...readNotes(edited.get(noteKey))])].slice(0, maxItems))
}

interface NotedField {
  readonly path: string
  readonly client: number
  readonly from: number
  readonly to: number
}

/** Of which field items were a part before their entry gave way, as far as that was noted. */
export interface NotedFields {
  /** Path of the field that an item was a part of. */
  readonly of: (item: Y.ID) => string | undefined
  /** Paths of the fields of which a client's items from a clock to before another one were a part. */
  readonly within: (client: number, from: number, to: number) => readonly string[]
}

export function notedFields(edited: Y.Map<unknown>): NotedFields {
  const byClient = new Map<number, NotedField[]>()
  for (const [noteKey, text] of edited.entries()) {
    if (!noteKey.startsWith(noteKeyPrefix)) continue
    for (const [, client, from, length, key] of readNotes(text).map((each) => notePattern.exec(each) ?? [])) {
      const path = `${noteKey.slice(noteKeyPrefix.length)}.${key}`
      const field = { path, client: Number(client), from: Number(from), to: Number(from) + Number(length) }
      const known = byClient.get(field.client)
      if (known === undefined) byClient.set(field.client, [field])
      else known.push(field)
    }
  }
  const within: NotedFields['within'] = (client, from, to) =>
    (byClient.get(client) ?? []).filter((each) => each.from < to && from < each.to).map(({ path }) => path)
  return { within, of: ({ client, clock }) => within(client, clock, clock + 1)[0] }
}

/** Client, clock, length and key. */
const notePattern = /^(\d+)-(\d+)-(\d+) (.*)$/s

function readNotes(note: unknown): readonly string[] {
  return Array.isArray(note) ? note.filter((text) => typeof text === 'string') : []
}
