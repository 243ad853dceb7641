import type { CDPSession, Page } from 'playwright-core'

/** Bytes that a page's network has moved, as the browser counts them. */
export interface Traffic {
  /** What came and went since the last time it was asked, once every request has its answer. */
  take(): Promise<number>
}

interface Frame {
  readonly response: { readonly payloadData: string; readonly opcode: number }
}

const binaryFrame = 2
/** Head and mask of a short frame. */
const frameHeadBytes = 6

/** Frames of bytes are handed over as base64. */
function bytesOf({ response: { payloadData, opcode } }: Frame): number {
  return frameHeadBytes + (opcode === binaryFrame ? (payloadData.length * 3) / 4 : payloadData.length)
}

/** Counts answers with their headers as they were on the wire, so compressed, and the frames of sockets both ways. */
export async function watchTraffic(page: Page): Promise<Traffic> {
  const session: CDPSession = await page.context().newCDPSession(page)
  let bytes = 0
  const open = new Set<string>()
  let settled: (() => void) | undefined
  const over = (requestId: string): void => {
    open.delete(requestId)
    if (open.size === 0) settled?.()
  }
  session.on('Network.requestWillBeSent', ({ requestId }) => open.add(requestId))
  session.on('Network.loadingFailed', ({ requestId }) => over(requestId))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength
    over(requestId)
  })
  for (const event of ['Network.webSocketFrameReceived', 'Network.webSocketFrameSent'] as const) {
    session.on(event, (frame) => {
      bytes += bytesOf(frame)
    })
  }
  await session.send('Network.enable')
  return {
    take: async () => {
      // What the page has read to its end, the browser counts a moment later.
      if (open.size > 0) {
        await new Promise<void>((resolve) => {
          settled = resolve
        })
      }
      const taken = Math.round(bytes)
      bytes = 0
      return taken
    },
  }
}
