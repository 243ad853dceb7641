/** What becomes of a record as a whole is the server's to do, so it needs a connection. */
import { documentEndpoint, type DocumentName, type MoveRequest, type RemoveRequest } from '@fulqrun/protocol'
import { type Answer, type Fetch, request } from '../../session/api.ts'

function send(fetch: Fetch, method: 'PUT' | 'DELETE', path: string, body: unknown): Promise<Answer<unknown>> {
  return request(fetch, path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

export function moveRecord(fetch: Fetch, name: DocumentName, wish: MoveRequest): Promise<Answer<unknown>> {
  return send(fetch, 'PUT', documentEndpoint(name, 'territory'), wish)
}

export function removeRecord(
  fetch: Fetch,
  name: DocumentName,
  wish: RemoveRequest,
): Promise<Answer<unknown>> {
  return send(fetch, 'DELETE', documentEndpoint(name), wish)
}
