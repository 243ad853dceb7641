import type { ChangeRecord, DocumentKind, PutBackPath } from '@fulqrun/protocol'
import {
  type Conflict,
  createDocument,
  defineRoots,
  isCleared,
  parsePath,
  type Proposal,
  readConflicts,
  readProposals,
} from '@fulqrun/schema'
import * as Y from 'yjs'
import { type Admission, admit } from './admission.ts'
import { decodeUpdate } from './decoded-update.ts'
import type { AdmissionRequest, Author } from './judgement.ts'
import type { LastEdit } from './last-edit.ts'
import { type Policy, policyFor, type PolicyTable } from './policy.ts'

/**
 * "What would happen if": two pretend edits of one field, judged by the very code that judges real ones. Each author
 * writes on a replica of their own, as a device does, and both updates go through {@link admit} into one document.
 * Deterministic: ids and times are given or fixed (WIF-1, WIF-2).
 */

export interface PretendEdit {
  readonly author: Author
  /** True for an import or another system, whose edit is made at the server. */
  readonly isSystem?: boolean | undefined
  /** Plain JSON; `undefined` clears the field. Of a text: what is added at its end. */
  readonly value: unknown
  /** Device time (ms). */
  readonly editedAt: number
}

export interface WhatIfQuestion {
  readonly kind: DocumentKind
  /** Of a field; with `*` for the id of an entry. */
  readonly path: string
  /** The value before; `undefined` for none. */
  readonly start: unknown
  readonly edits: readonly [PretendEdit, PretendEdit]
  /** Whether the author of the second edit had the first one on the screen. */
  readonly hadSeen: boolean
  /** True when the second edit reaches the server first, which it cannot when its author had seen the first one. */
  readonly reversed: boolean
  readonly table?: PolicyTable | undefined
}

export interface WhatIfAnswer {
  /** What stands at the end; `undefined` for nothing. */
  readonly value: unknown
  readonly policy: Policy | undefined
  /** What the server made of each edit, in the order of the question. */
  readonly edits: readonly [EditVerdict, EditVerdict]
  readonly conflicts: readonly Conflict[]
  readonly proposals: readonly Proposal[]
  /** Whether both replicas ended with what the server has. */
  readonly converged: boolean
}

export interface EditVerdict {
  readonly changes: readonly ChangeRecord[]
  readonly putBack: readonly PutBackPath[]
  /** Server time of the receipt (ms). */
  readonly receivedAt: number
}

/** Client ids of the server and the two replicas. */
const clients = { server: 1, replicas: [2, 3] } as const
/** The entry of a collection that the edits are about. */
const entryId = 'example'
/** The first edit arrives this long after both were made, the next one as much later. */
const deliveryMs = 60_000

export function whatIf(question: WhatIfQuestion): WhatIfAnswer {
  const { kind, edits, hadSeen } = question
  const path = question.path.replace('*', entryId)
  const policy = policyFor(kind, question.path, question.table)
  const server = new PretendServer(question, path)
  const replicas = clients.replicas.map((clientId) => makeReplica(kind, clientId, server.document))
  const [first, second] = replicas as [Y.Doc, Y.Doc]
  const deliver = (index: 0 | 1): EditVerdict => server.receive(edits[index], index === 0 ? first : second)
  let verdicts: readonly [EditVerdict, EditVerdict]
  if (hadSeen) {
    write(first, path, edits[0])
    const before = deliver(0)
    catchUp(second, server.document)
    write(second, path, edits[1])
    verdicts = [before, deliver(1)]
  } else {
    write(first, path, edits[0])
    write(second, path, edits[1])
    if (question.reversed) {
      const after = deliver(1)
      verdicts = [deliver(0), after]
    } else verdicts = [deliver(0), deliver(1)]
  }
  for (const replica of replicas) catchUp(replica, server.document)
  const value = readAt(server.document, path)
  const converged = replicas.every(
    (replica) => JSON.stringify(readAt(replica, path)) === JSON.stringify(value),
  )
  return {
    value,
    policy,
    edits: verdicts,
    conflicts: readConflicts(server.document),
    proposals: readProposals(server.document),
    converged,
  }
}

/** Not one of the changes that say what stands at their path now. */
const sayNothing: ReadonlySet<ChangeRecord['action']> = new Set(['put-back', 'conflict', 'propose', 'text'])

/** The server's copy, and what the server remembers of who wrote what stands. */
class PretendServer {
  readonly document: Y.Doc
  readonly #question: WhatIfQuestion
  readonly #path: string
  readonly #lastEdits = new Map<string, LastEdit>()
  #clock: number

  constructor(question: WhatIfQuestion, path: string) {
    this.#question = question
    this.#path = path
    const times = question.edits.map(({ editedAt }) => editedAt)
    const startedAt = Math.min(...times) - deliveryMs
    this.#clock = Math.max(...times)
    this.document = new Y.Doc()
    this.document.clientID = clients.server
    createDocument(this.document, {
      kind: question.kind,
      territoryId: 'pretend',
      createdBy: 'pretend',
      createdAt: startedAt,
    })
    if (isCleared(question.start)) writeEntry(this.document, path)
    else {
      writeValue(this.document, path, question.start, startedAt)
      const start = { author: 'pretend', isPerson: true, editedAt: startedAt, receivedAt: startedAt }
      this.#lastEdits.set(path, start)
    }
  }

  receive(edit: PretendEdit, replica: Y.Doc): EditVerdict {
    this.#clock += deliveryMs
    const receivedAt = this.#clock
    const admission = admit({
      document: this.document,
      kind: this.#question.kind,
      author: edit.author,
      receivedAt,
      table: this.#question.table,
      lastEdit: (path) => this.#lastEdits.get(path),
      ...this.#arriving(edit, replica),
    })
    this.#remember(edit, receivedAt, admission)
    return { changes: admission.changes, putBack: admission.putBack, receivedAt }
  }

  #arriving(
    edit: PretendEdit,
    replica: Y.Doc,
  ): Pick<AdmissionRequest, 'authority' | 'change'> & Partial<Pick<AdmissionRequest, 'update'>> {
    if (edit.isSystem === true)
      return {
        authority: 'server',
        change: (document) => writeValue(document, this.#path, edit.value, edit.editedAt),
      }
    const update = Y.encodeStateAsUpdate(replica, Y.encodeStateVector(this.document))
    return {
      authority: 'client',
      update: decodeUpdate(update),
      change: (document) => Y.applyUpdate(document, update),
    }
  }

  #remember({ author, isSystem }: PretendEdit, receivedAt: number, { changes }: Admission): void {
    for (const { path, action, editedAt, before } of changes) {
      if (sayNothing.has(action)) continue
      const isPerson = isSystem !== true
      this.#lastEdits.set(path, { author: author.id, isPerson, editedAt, receivedAt, before })
    }
  }
}

function makeReplica(kind: DocumentKind, clientId: number, server: Y.Doc): Y.Doc {
  const replica = new Y.Doc()
  replica.clientID = clientId
  defineRoots(replica, kind)
  catchUp(replica, server)
  return replica
}

function catchUp(replica: Y.Doc, server: Y.Doc): void {
  Y.applyUpdate(replica, Y.encodeStateAsUpdate(server, Y.encodeStateVector(replica)))
}

function write(replica: Y.Doc, path: string, { isSystem, value, editedAt }: PretendEdit): void {
  if (isSystem !== true) writeValue(replica, path, value, editedAt)
}

/**
 * Writes as a client that knows no rules would: commands refuse what only the server may write, and the question is what
 * the server does about it.
 */
function writeValue(document: Y.Doc, path: string, value: unknown, editedAt: number): void {
  const { root, key } = parsePath(path)
  const words = typeof value === 'string' ? value : ''
  document.transact(() => {
    if (root === 'notes') appendParagraph(document.getXmlFragment(root), words)
    else if (key === undefined) appendWords(document.getText(root), words)
    else {
      const map = writeEntry(document, path) ?? document.getMap(root)
      if (isCleared(value)) map.delete(key)
      else map.set(key, value)
    }
    document.getMap('edited').set(path, editedAt)
  })
}

/** The entry that a path is in, made when it is not there; undefined for a path that is in none. */
function writeEntry(document: Y.Doc, path: string): Y.Map<unknown> | undefined {
  const { root, id } = parsePath(path)
  if (id === undefined) return undefined
  const entries = document.getMap<Y.Map<unknown>>(root)
  if (!entries.has(id)) entries.set(id, new Y.Map())
  return entries.get(id)
}

function appendParagraph(notes: Y.XmlFragment, words: string): void {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(words)])
  notes.push([paragraph])
}

function appendWords(text: Y.Text, words: string): void {
  text.insert(text.length, text.length === 0 ? words : ` ${words}`)
}

function readAt(document: Y.Doc, path: string): unknown {
  const { root, id, key } = parsePath(path)
  if (root === 'notes') return paragraphs(document.getXmlFragment(root))
  // oxlint-disable-next-line typescript/no-base-to-string -- a Y.Text says its words
  if (key === undefined) return document.getText(root).toString()
  const map = id === undefined ? document.getMap(root) : document.getMap<Y.Map<unknown>>(root).get(id)
  return map?.get(key)
}

/** The words of rich text, a line per paragraph. */
function paragraphs(notes: Y.XmlFragment): string {
  return notes
    .toArray()
    .map((block) => (block instanceof Y.XmlElement ? block.toArray().map(String).join('') : ''))
    .join('\n')
}
