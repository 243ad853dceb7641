/** The scripted server's side of push, pull and the catalogue, over the documents that its sockets serve. */
import type { FakeSocketServer } from '@fulqrun/testkit'
import * as Y from 'yjs'
import {
  type CatalogueEntry,
  type CataloguePage,
  decodePullRequest,
  decodePush,
  type ErrorCode,
  goneRecord,
  isErrorCode,
  personHeader,
  PullBatch,
  pullEnd,
  type PullRecord,
  type PullWant,
  type PushVerdict,
  type PutBackPath,
} from '@fulqrun/protocol'
import type { FetchAnswer, FetchInit } from './ports.ts'

export class TestExchange {
  readonly #server: FakeSocketServer
  /** Names that were pushed or asked for, oldest first. */
  readonly pushed: string[] = []
  readonly pulled: PullWant[] = []
  pushes = 0
  pulls = 0
  /** Who the session belongs to, when it is not the device's person. */
  otherPerson: string | undefined
  /** Status that push and pull answer instead; 0 is no network. */
  status: number | undefined
  /** Paths that rules put back of what is pushed of a document. */
  readonly putBack = new Map<string, readonly PutBackPath[]>()
  /** Verdicts that do not take what is pushed of a document. */
  readonly refusing = new Map<string, ErrorCode>()
  /** Documents that pull answers as gone. */
  readonly gone = new Map<string, ErrorCode>()
  /** Batches of an answer after which the line is cut; undefined: never. */
  cutAfter: number | undefined
  /** Documents per batch of an answer. */
  perBatch = 100
  /** Which log the server has; undefined: it is one of before, which does not say. */
  log: string | undefined
  /** Rows per page of the catalogue; undefined: all of it on one, without pages. */
  pageRows: number | undefined
  /** Called for each push before it is judged. */
  onPush: () => Promise<void> = () => Promise.resolve()

  constructor(server: FakeSocketServer) {
    this.#server = server
  }

  async answer(
    path: string,
    { body, headers = {} }: FetchInit,
    catalogue: readonly CatalogueEntry[],
  ): Promise<FetchAnswer> {
    if (this.status === 0) throw new TypeError('Failed to fetch')
    if (this.status !== undefined) return respond(this.status, {})
    if (this.otherPerson !== undefined && headers[personHeader] !== this.otherPerson)
      return respond(409, { code: 'auth/other-person' })
    const bytes = await unpack(body, headers['content-encoding'])
    return path.endsWith('push') ? await this.#push(bytes) : this.#pull(bytes, catalogue)
  }

  /** A page of the catalogue as the server would answer it, whole or in pages by position. */
  page(entries: readonly CatalogueEntry[], query: URLSearchParams, call: number): CataloguePage {
    const cursor = query.get('cursor')
    const mark = this.log === undefined ? 'm' : `m-${this.log}`
    if (this.pageRows === undefined)
      return { cursor: `${call}.${mark}`, entries, complete: true, first: true, more: false, removed: [] }
    const from = cursor?.startsWith('0.page-') === true ? Number(cursor.slice('0.page-'.length)) : 0
    const to = from + this.pageRows
    const more = to < entries.length
    return {
      cursor: more ? `0.page-${to}` : `${call}.${mark}`,
      entries: entries.slice(from, to),
      complete: true,
      first: from === 0,
      more,
      removed: [],
    }
  }

  async #push(body: Uint8Array): Promise<FetchAnswer> {
    this.pushes += 1
    await this.onPush()
    const verdicts = decodePush(body).map(({ name, update }): PushVerdict => {
      this.pushed.push(name)
      const code = this.refusing.get(name) ?? this.#refusal(name)
      if (code !== undefined) return { name, accepted: false, code, putBack: [] }
      Y.applyUpdate(this.#server.doc(name), update)
      return { name, accepted: true, putBack: this.putBack.get(name) ?? [] }
    })
    return respond(200, { verdicts })
  }

  #refusal(name: string): ErrorCode | undefined {
    const { denied, refusing, readOnly } = this.#server.behaviour
    const reason = denied.get(name)
    if (reason !== undefined) return isErrorCode(reason) ? reason : 'access/denied'
    return refusing.get(name) ?? (readOnly.has(name) ? 'access/read-only' : undefined)
  }

  #pull(body: Uint8Array, catalogue: readonly CatalogueEntry[]): FetchAnswer {
    this.pulls += 1
    const heads = new Map<string, number>(catalogue.map(({ name, head }) => [name, head]))
    const wants = decodePullRequest(body)
    this.pulled.push(...wants)
    const batches: Uint8Array[] = []
    for (let at = 0; at < wants.length; at += this.perBatch) {
      const batch = new PullBatch()
      for (const want of wants.slice(at, at + this.perBatch)) batch.add(this.#record(want, heads))
      batches.push(batch.take())
    }
    const sent = this.cutAfter === undefined ? [...batches, pullEnd] : batches.slice(0, this.cutAfter)
    return respond(200, {}, { chunks: sent, isCut: this.cutAfter !== undefined })
  }

  #record({ name, stateVector }: PullWant, heads: ReadonlyMap<string, number>): PullRecord {
    const code = this.gone.get(name)
    if (code !== undefined) return goneRecord(name, code)
    const doc = this.#server.doc(name)
    const head = heads.get(name) ?? 1
    const known = stateVector.length === 0 ? new Map<number, number>() : Y.decodeStateVector(stateVector)
    const isKnown = [...known].every(([client, clock]) => Y.getState(doc.store, client) >= clock)
    if (known.size === 0 || !isKnown)
      return { name, status: 'full', head, update: Y.encodeStateAsUpdate(doc) }
    const own = Y.decodeStateVector(Y.encodeStateVector(doc))
    if ([...own].every(([client, clock]) => (known.get(client) ?? 0) >= clock))
      return { name, status: 'unchanged', head, update: new Uint8Array() }
    return { name, status: 'diff', head, update: Y.encodeStateAsUpdate(doc, stateVector) }
  }
}

async function unpack(body: FetchInit['body'], encoding: string | undefined): Promise<Uint8Array> {
  if (!(body instanceof Uint8Array)) throw new TypeError('not bytes')
  if (encoding !== 'gzip') return body
  const stream = new Blob([body as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

export function respond(
  status: number,
  body: unknown,
  stream: { readonly chunks: readonly Uint8Array[]; readonly isCut: boolean } = { chunks: [], isCut: false },
): FetchAnswer {
  return {
    ok: status >= 200 && status < 300,
    status,
    header: () => null,
    json: () => Promise.resolve(body),
    bytes: () => Promise.resolve(new TextEncoder().encode(JSON.stringify(body))),
    async *chunks() {
      for (const chunk of stream.chunks) yield await Promise.resolve(chunk)
      if (stream.isCut) throw new TypeError('network error')
    },
  }
}
