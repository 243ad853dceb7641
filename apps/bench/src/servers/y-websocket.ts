import { createServer } from 'node:http'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocket, WebSocketServer } from 'ws'
import {
  Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'

/**
 * Peer: the y-websocket server as its version 2 shipped it (bin/utils), without persistence, on yjs 13. Every change
 * goes to every connection of the document, its author included; nothing is acknowledged and nothing is kept.
 */

const messageSync = 0
const messageAwareness = 1
const pingIntervalMs = 30_000

interface SharedDocument {
  readonly doc: Y.Doc
  readonly awareness: Awareness
  /** Awareness clients that each connection controls. */
  readonly connections: Map<WebSocket, Set<number>>
}

const documents = new Map<string, SharedDocument>()

function openDocument(name: string): SharedDocument {
  const existing = documents.get(name)
  if (existing !== undefined) return existing
  const doc = new Y.Doc({ gc: true })
  const shared: SharedDocument = { doc, awareness: new Awareness(doc), connections: new Map() }
  shared.awareness.setLocalState(null)
  doc.on('update', (update: Uint8Array) => {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, messageSync)
    writeUpdate(encoder, update)
    broadcast(shared, encoding.toUint8Array(encoder))
  })
  shared.awareness.on('update', (changes: AwarenessChanges, connection: unknown) =>
    shareAwareness(shared, changes, connection),
  )
  documents.set(name, shared)
  return shared
}

interface AwarenessChanges {
  readonly added: number[]
  readonly updated: number[]
  readonly removed: number[]
}

function shareAwareness(shared: SharedDocument, changes: AwarenessChanges, connection: unknown): void {
  const controlled = connection instanceof WebSocket ? shared.connections.get(connection) : undefined
  for (const id of changes.added) controlled?.add(id)
  for (const id of changes.removed) controlled?.delete(id)
  const changed = [...changes.added, ...changes.updated, ...changes.removed]
  broadcast(shared, encodeAwareness(shared, changed))
}

function encodeAwareness({ awareness }: SharedDocument, clients: number[]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageAwareness)
  encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, clients))
  return encoding.toUint8Array(encoder)
}

function broadcast(shared: SharedDocument, message: Uint8Array): void {
  for (const connection of shared.connections.keys()) send(connection, message)
}

function send(connection: WebSocket, message: Uint8Array): void {
  if (connection.readyState !== WebSocket.OPEN) return
  connection.send(message, {}, (error) => {
    if (error != null) connection.close()
  })
}

function receive(shared: SharedDocument, connection: WebSocket, message: Uint8Array): void {
  const decoder = decoding.createDecoder(message)
  const encoder = encoding.createEncoder()
  switch (decoding.readVarUint(decoder)) {
    case messageSync:
      encoding.writeVarUint(encoder, messageSync)
      readSyncMessage(decoder, encoder, shared.doc, connection)
      if (encoding.length(encoder) > 1) send(connection, encoding.toUint8Array(encoder))
      break
    case messageAwareness:
      applyAwarenessUpdate(shared.awareness, decoding.readVarUint8Array(decoder), connection)
      break
    default:
  }
}

function connect(connection: WebSocket, name: string): void {
  connection.binaryType = 'arraybuffer'
  const shared = openDocument(name)
  shared.connections.set(connection, new Set())
  connection.on('message', (data: ArrayBuffer) => receive(shared, connection, new Uint8Array(data)))
  const stopPings = watchPings(connection)
  connection.on('close', () => {
    stopPings()
    const controlled = shared.connections.get(connection) ?? []
    shared.connections.delete(connection)
    removeAwarenessStates(shared.awareness, [...controlled], null)
  })
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, messageSync)
  writeSyncStep1(encoder, shared.doc)
  send(connection, encoding.toUint8Array(encoder))
  const present = [...shared.awareness.getStates().keys()]
  if (present.length > 0) send(connection, encodeAwareness(shared, present))
}

/** Ends connections that do not answer a ping; returns what stops it. */
function watchPings(connection: WebSocket): () => void {
  let answered = true
  connection.on('pong', () => {
    answered = true
  })
  const timer = setInterval(() => {
    if (!answered) return connection.terminate()
    answered = false
    connection.ping()
  }, pingIntervalMs)
  return () => clearInterval(timer)
}

const http = createServer((_request, response) => response.end('okay'))
const sockets = new WebSocketServer({ noServer: true })
sockets.on('connection', (connection, request) =>
  connect(connection, (request.url ?? '/').slice(1).split('?')[0] ?? ''),
)
http.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (connection) =>
    sockets.emit('connection', connection, request),
  ),
)
http.listen(Number(process.env['PORT']), '127.0.0.1')
