import { deviceHeader } from '@fulqrun/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import { clientAddressHeader } from '../accounts/auth.ts'
import type { Metrics, SignInOutcome } from '../metrics.ts'
import { limitBody } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { codeForStatus, HttpProblem, problemAnswer } from './problem.ts'
import { createSignInLimits, type SignInLimits } from './sign-in-limits.ts'

/**
 * The part of better-auth that the outside sees. Everything else that its plugins would answer (creating organizations,
 * the instance-wide admin endpoints, which know no organizations) is not reachable by HTTP.
 */
const reachable: ReadonlySet<string> = new Set([
  'GET /get-session',
  'GET /jwks',
  'GET /list-sessions',
  'GET /token',
  'POST /change-password',
  'POST /revoke-other-sessions',
  'POST /revoke-session',
  'POST /revoke-sessions',
  'POST /sign-in/email',
  'POST /sign-out',
])

const base = '/api/auth'
/** Largest request here is a changed password. */
const maxBodyBytes = 16 * 1024

/** All that a sign-in says; better-auth would also follow a `callbackURL`. */
const credentials = z.object({
  email: z.string().max(320),
  password: z.string().max(1000),
  rememberMe: z.boolean().optional(),
})

export function authRoutes(metrics: Metrics): Hono<HttpEnv> {
  const limits = createSignInLimits()
  const app = new Hono<HttpEnv>()
  app.use(`${base}/*`, limitBody(maxBodyBytes))
  app.all(`${base}/*`, async (c) => {
    const { method, path } = c.req
    const route = `${method === 'HEAD' ? 'GET' : method} ${path.slice(base.length)}`
    if (!reachable.has(route)) throw new HttpProblem('not-found')
    // A device that is to be cleared gets no token to go on with (DEV-2).
    if (route === 'GET /token' && c.req.header(deviceHeader) !== undefined) await requirePrincipal(c)
    const request = forwarded(c.req.raw, c.get('clientAddress'), await readBody(c.req.raw))
    const accounts = c.get('accounts')
    const answer = await (route === 'POST /sign-in/email'
      ? limitedSignIn({ limits, metrics, request, clientAddress: c.get('clientAddress') }, (again) =>
          accounts.handle(again),
        )
      : accounts.handle(request))
    if (method === 'POST') await accounts.directory.refresh()
    return answer.status < 400 ? answer : asProblem(route, answer)
  })
  return app
}

async function readBody(request: Request): Promise<string | undefined> {
  return request.body === null ? undefined : request.text()
}

/** The request for better-auth: what a client says about its own address or host is removed. */
function forwarded(original: Request, clientAddress: string, body: string | undefined): Request {
  const headers = new Headers(original.headers)
  for (const name of original.headers.keys()) {
    if (name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'x-real-ip') headers.delete(name)
  }
  headers.set(clientAddressHeader, clientAddress)
  headers.delete('content-length')
  return new Request(original.url, {
    method: original.method,
    headers,
    ...(body === undefined || body === '' ? {} : { body }),
  })
}

interface SignIn {
  readonly limits: SignInLimits
  readonly metrics: Metrics
  readonly request: Request
  readonly clientAddress: string
}

async function limitedSignIn(
  { limits, metrics, request, clientAddress }: SignIn,
  handle: (request: Request) => Promise<Response>,
): Promise<Response> {
  const parsed = credentials.safeParse(await parseJson(request.clone()))
  if (!parsed.success)
    throw new HttpProblem('input/invalid', { detail: 'Send an e-mail address and a password' })
  const email = parsed.data.email.trim().toLowerCase()
  const count = (outcome: SignInOutcome) => metrics.signIns.inc({ outcome })
  try {
    const { answer } = await limits.attempt({ email, clientAddress }, async () => {
      const answer = await handle(new Request(request, { method: 'POST', body: JSON.stringify(parsed.data) }))
      return { answer, failed: answer.status === 401 }
    })
    count(answer.ok ? 'ok' : 'failed')
    return answer
  } catch (error) {
    count('limited')
    throw error
  }
}

async function parseJson(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    // Not JSON: refused like JSON of the wrong shape.
    return undefined
  }
}

/** better-auth's errors in our form. Its messages are fixed sentences without data. */
async function asProblem(route: string, answer: Response): Promise<Response> {
  if (route === 'POST /sign-in/email') {
    if (answer.status === 401) return problemAnswer({ code: 'auth/credentials' })
    if (answer.status === 403) {
      return problemAnswer({ code: 'access/role', detail: 'This account is blocked; ask your administrator' })
    }
  }
  const code = codeForStatus(answer.status)
  const message = answer.status === 400 ? await messageOf(answer) : undefined
  return problemAnswer({ code, detail: message })
}

async function messageOf(answer: Response): Promise<string | undefined> {
  try {
    const { message } = (await answer.json()) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch {
    // An answer without a body says no more than its status.
    return undefined
  }
}
