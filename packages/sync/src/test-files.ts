/** The scripted server's side of attached files, and a device that talks to it. */
import { digest } from 'lib0/hash/sha256'
import { toHexString } from 'lib0/buffer'
import { isErrorCode, type ErrorCode, personHeader, uploadOffsetHeader } from '@fulqrun/protocol'
import type { FetchAnswer, FetchInit, Ports } from './ports.ts'
import { makeMe, type TestDevice } from './test-device.ts'
import { respond } from './test-exchange.ts'
import { openWorkspace } from './workspace.ts'
import type { Workspace } from './workspace-types.ts'

export function hashOf(bytes: Uint8Array): string {
  return toHexString(digest(bytes))
}

/** Bytes that differ by seed. */
export function bytesOf(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed * 7) % 256)
}

export class TestFileServer {
  readonly files = new Map<string, { readonly size: number; bytes: Uint8Array; isComplete: boolean }>()
  /** Offsets and lengths of the parts that came, oldest first. */
  readonly parts: (readonly [number, number])[] = []
  readonly senders: (string | undefined)[] = []
  isReachable = true
  /** Parts after which the network is gone; undefined: never. */
  cutAfter: number | undefined
  /** What every announcement is answered with. */
  refusal: ErrorCode | undefined
  announcements = 0
  /** Bytes that are handed out instead of those that were sent. */
  swapped: Uint8Array | undefined
  downloads = 0

  answer(url: string, init: FetchInit = {}): Promise<FetchAnswer> {
    if (!this.isReachable) return Promise.reject(new TypeError('Failed to fetch'))
    const { pathname } = new URL(url)
    if (init.method === 'POST') return Promise.resolve(this.#announce(init))
    const hash = pathname.split('/')[3] ?? ''
    if (init.method === 'PUT') return this.#put(hash, init)
    const file = this.files.get(hash)
    if (file?.isComplete !== true) return Promise.resolve(problem('attachment/not-found'))
    this.downloads += 1
    const bytes = this.swapped ?? file.bytes
    return Promise.resolve({ ...respond(200, {}), bytes: () => Promise.resolve(bytes) })
  }

  has(bytes: Uint8Array): boolean {
    const file = this.files.get(hashOf(bytes))
    return file?.isComplete === true && hashOf(file.bytes) === hashOf(bytes)
  }

  #announce({ body, headers }: FetchInit): FetchAnswer {
    this.announcements += 1
    this.senders.push(headers?.[personHeader])
    if (this.refusal !== undefined) return problem(this.refusal)
    const { hash, size } = JSON.parse(body as string) as { hash: string; size: number }
    const file = this.files.get(hash) ?? { size, bytes: new Uint8Array(), isComplete: false }
    this.files.set(hash, file)
    return progressOf(file)
  }

  #put(hash: string, { body, headers }: FetchInit): Promise<FetchAnswer> {
    if (this.cutAfter !== undefined && this.parts.length >= this.cutAfter)
      return Promise.reject(new TypeError('Failed to fetch'))
    const file = this.files.get(hash)
    const offset = Number(headers?.[uploadOffsetHeader])
    if (file === undefined) return Promise.resolve(problem('attachment/not-found'))
    if (offset !== file.bytes.byteLength) return Promise.resolve(problem('attachment/offset'))
    const part = body as Uint8Array
    this.parts.push([offset, part.byteLength])
    file.bytes = new Uint8Array([...file.bytes, ...part])
    file.isComplete = file.bytes.byteLength === file.size
    return Promise.resolve(progressOf(file))
  }
}

function progressOf(file: { size: number; bytes: Uint8Array; isComplete: boolean }): FetchAnswer {
  return respond(200, { size: file.size, received: file.bytes.byteLength, complete: file.isComplete })
}

function problem(code: string): FetchAnswer {
  if (!isErrorCode(code)) throw new Error(`no code: ${code}`)
  return respond(400, { code })
}

/** The device's ports, with files answered by `files`. */
export function withFiles({ ports }: TestDevice, files: TestFileServer): Ports {
  return {
    ...ports,
    fetch: (url, init) =>
      url.includes('/api/attachments') ? files.answer(url, init) : ports.fetch(url, init),
  }
}

export function openTabWithFiles(ports: Ports): Promise<Workspace> {
  return openWorkspace({ me: makeMe(), baseUrl: 'http://server.test', ports })
}
