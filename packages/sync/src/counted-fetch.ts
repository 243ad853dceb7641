/** Counts what goes over HTTP beside the socket: lists, catching up, photos. Bodies as they are read, not as they were packed. */
import type { FetchAnswer, FetchInit, Ports } from './ports.ts'

/** The same ports, with `fetch` counted. */
export function countFetches(
  ports: Ports,
  transferred: (sentBytes: number, receivedBytes: number) => void,
): Ports {
  const fetch: Ports['fetch'] = async (url, init) => {
    const answer = await ports.fetch(url, init)
    // Had it not gone out, there would be no answer.
    transferred(sizeOf(init?.body), 0)
    return counted(answer, (bytes) => transferred(0, bytes))
  }
  return { ...ports, fetch }
}

function counted(answer: FetchAnswer, received: (bytes: number) => void): FetchAnswer {
  const bytes = async (): Promise<Uint8Array> => {
    const body = await answer.bytes()
    received(body.byteLength)
    return body
  }
  return {
    ok: answer.ok,
    status: answer.status,
    header: (name) => answer.header(name),
    json: async () => JSON.parse(new TextDecoder().decode(await bytes())) as unknown,
    bytes,
    chunks: () => countChunks(answer.chunks(), received),
  }
}

async function* countChunks(
  chunks: AsyncIterable<Uint8Array>,
  received: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    received(chunk.byteLength)
    yield chunk
  }
}

function sizeOf(body: FetchInit['body']): number {
  if (body === undefined) return 0
  return typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength
}
