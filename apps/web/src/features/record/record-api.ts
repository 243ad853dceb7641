/** What becomes of a record as a whole is the server's to do, so it needs a connection. */
import {
  documentEndpoint,
  type DocumentName,
  type MoveRequest,
  personHeader,
  type RemoveRequest,
} from '@fulqrun/protocol'
import { type Answer, type Fetch, request } from '../../session/api.ts'

/** Who wishes it, so that it is not done in the name of somebody who has signed in in another tab meanwhile. */
interface By {
  readonly userId: string
}

interface Order {
  readonly method: 'PUT' | 'DELETE'
  readonly path: string
  readonly wish: (MoveRequest | RemoveRequest) & By
}

function send(fetch: Fetch, { method, path, wish }: Order): Promise<Answer<unknown>> {
  const { userId, ...body } = wish
  return request(fetch, path, {
    method,
    headers: { 'content-type': 'application/json', [personHeader]: userId },
    body: JSON.stringify(body),
  })
}

export function moveRecord(
  fetch: Fetch,
  name: DocumentName,
  wish: MoveRequest & By,
): Promise<Answer<unknown>> {
  return send(fetch, { method: 'PUT', path: documentEndpoint(name, 'territory'), wish })
}

export function removeRecord(
  fetch: Fetch,
  name: DocumentName,
  wish: RemoveRequest & By,
): Promise<Answer<unknown>> {
  return send(fetch, { method: 'DELETE', path: documentEndpoint(name), wish })
}
