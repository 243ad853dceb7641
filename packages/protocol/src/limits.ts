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
  /** Documents in one pull; more are pulled in several. */
  maxPullDocuments: 1000,
  /** Body of one pull: names and state vectors. */
  maxPullBytes: 4 * 1024 * 1024,
  /** State vector of one document: thousands of devices that have written in it. A longer one is not looked at. */
  maxStateVectorBytes: 64 * 1024,
  /** A batch of a pull's answer is sent when it holds this much; one document more than that is a batch of its own. */
  pullBatchBytes: 256 * 1024,
  /** A batch that says it is longer than this is damaged. */
  maxPullBatchBytes: 64 * 1024 * 1024,
  /** Rows of a page of the catalogue that devices ask for. */
  cataloguePageRows: 2000,
  /** Most rows of a page that names a limit. */
  maxCatalogueRows: 5000,
  /** Streams of events that one person, or one key of an integration, may have open at once. */
  maxEventStreams: 10,
  /** One attached photo or file. */
  maxAttachmentBytes: 10 * 1024 * 1024,
  /** Most bytes of a file in one request: what a cut connection costs. */
  maxAttachmentPartBytes: 512 * 1024,
  /** The begun upload of a file is kept this long without another part. */
  attachmentUploadMs: 7 * 24 * 3600_000,
  /** A signed-in device renews its token when this much of its life is left. */
  tokenRenewBeforeMs: 60_000,
  /** Edit times may lie this far ahead of the receipt time before they are cut to it. */
  clockToleranceMs: 5 * 60_000,
} as const

/** Version of this package's messages; checked by a hash test, raised with any change of a message. */
export const protocolVersion = 3
