import type { Context, MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import type { HttpEnv } from './environment.ts'
import { HttpProblem } from './problem.ts'

/**
 * Reads bodies up to `maxBytes`; larger ones are refused with `input/too-large`. Hono's own `bodyLimit` makes a new
 * request of one that names no length, which fails for the requests that @hono/node-server hands it.
 */
export function limitBody(maxBytes: number): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const { method, headers, body } = c.req.raw
    const isMeasured = headers.has('content-length') && !headers.has('transfer-encoding')
    if (Number(headers.get('content-length')) > maxBytes) throw new HttpProblem('input/too-large')
    if (body !== null && !isMeasured) {
      const bytes = await readUpTo(body, maxBytes)
      c.req.raw = new Request(c.req.url, { method, headers, ...(bytes.size === 0 ? {} : { body: bytes }) })
    }
    await next()
  }
}

async function readUpTo(stream: ReadableStream<Uint8Array<ArrayBuffer>>, maxBytes: number): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const part of stream) {
    size += part.length
    if (size > maxBytes) throw new HttpProblem('input/too-large')
    parts.push(part)
  }
  return new Blob(parts)
}

/**
 * Goes on when all of a text has come, so before it is asked who sends it: a body may come slowly, and whoever has lost a
 * right meanwhile has lost it for this request too.
 */
export function awaitBody(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await c.req.text()
    await next()
  }
}

/**
 * The JSON of a request, checked. Throws `input/invalid`, and never the parser's own error: that one repeats a piece of
 * the body, which would reach the log.
 */
export async function readJson<T>(c: Context<HttpEnv>, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new HttpProblem('input/invalid', { detail: 'The body is not JSON' })
  }
  return schema.parse(json)
}
