/** Limits that both sides must agree on. */
export const limits = {
  /** One frame on the socket. Larger ones are refused unread; a territory's longest notes stay far below it. */
  maxFrameBytes: 1024 * 1024,
  /**
   * What the socket takes in before it cuts the connection. Frames between the two sizes are answered with a reason;
   * only what is larger than this costs the connection, because the WebSocket layer has to stop reading.
   */
  maxSocketPayloadBytes: 4 * 1024 * 1024,
  /** Documents that a socket may name before its first authentication. */
  maxDocumentsBeforeAuth: 100,
  /** Frames held for one socket before its first authentication. */
  maxFramesBeforeAuth: 1000,
  /** A socket has this long to authenticate. */
  authDeadlineMs: 10_000,
  /** Body of one push; more is pushed in several. An update over `maxFrameBytes` in it is refused alone. */
  maxPushBytes: 4 * 1024 * 1024,
  /** Updates in one push. */
  maxPushUpdates: 1000,
  /** A signed-in device renews its token when this much of its life is left. */
  tokenRenewBeforeMs: 60_000,
  /** Edit times may lie this far ahead of the receipt time before they are cut to it. */
  clockToleranceMs: 5 * 60_000,
} as const

/** Version of this package's messages; checked by a hash test, raised with any change of a message. */
export const protocolVersion = 2
