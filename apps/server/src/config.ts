import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { isKeyPair } from './notifications/key-pair.ts'
import type { AttachmentQuota } from './attachments/attachment-store.ts'

/** Issuer of tokens that are not ours (Supabase, any OIDC provider). */
interface OutsideIssuer {
  readonly jwksUrl: string
  readonly issuer: string
  readonly audience: string
}

export type LogLevel = 'fatal' | 'error' | 'info' | 'debug' | 'trace' | 'silent'

/** Every setting of the server, parsed once at start. docs/operations.md has the table for people. */
export interface Config {
  readonly host: string
  /** 0 lets the system choose, for tests. */
  readonly port: number
  /** Absolute path of the folder with the embedded database. */
  readonly dataDir: string
  /** Origin under which people reach the server, without a slash at the end; issuer and audience of our tokens. */
  readonly publicUrl: string
  /** True when PUBLIC_URL was given and is not merely derived from HOST and PORT. */
  readonly publicUrlGiven: boolean
  /** At least 32 characters. Signs cookies and encrypts the token keys in the database. */
  readonly authSecret: string
  /** Number of reverse proxies in front that append to X-Forwarded-For; 0 trusts the socket only. */
  readonly trustProxy: number
  readonly logLevel: LogLevel
  /** Demo accounts with a public password, readable logs. */
  readonly demo: boolean
  readonly outsideIssuer: OutsideIssuer | undefined
  /** How much people may keep in attached files. */
  readonly attachmentQuota: AttachmentQuota
  /** Absolute path of the built web app. */
  readonly webRoot: string
  /** Web Push: keys that were given, else made once and kept beside the data, and whom push services may write to. */
  readonly vapid: {
    readonly given: { readonly publicKey: string; readonly privateKey: string } | undefined
    readonly subject: string
  }
  /** Pushes may go to this machine, for tests and demos. */
  readonly pushAllowsLocal: boolean
}

/** A setting is wrong. The message is one line that begins with the name of the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly variable: string

  constructor(variable: string, message: string, options?: ErrorOptions) {
    super(`${variable}: ${message}`, options)
    this.variable = variable
  }
}

const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1' || value === 'yes')

const hops = z.union(
  [flag.transform(Number), z.string().regex(/^\d$/).transform(Number)],
  'must be true, false or the number of proxies (0 to 9)',
)

const megabytes = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a number of megabytes')
  .transform((value) => Number(value) * 1024 * 1024)

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' })

// A pipe, so that what is no URL at all does not reach the second check.
const origin = httpUrl.pipe(
  z.string().refine((value) => {
    const { pathname, search, hash } = new URL(value)
    return pathname === '/' && search === '' && hash === ''
  }, 'must be an origin such as https://sales.example.com, without a path'),
)

const settings = z.object({
  PORT: z
    .string()
    .regex(/^\d+$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be between 0 and 65535')
    .default(8787),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, 'must be a host name or an IP address')
    .default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  AUTH_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters; make one with: openssl rand -base64 48')
    .optional(),
  PUBLIC_URL: origin.transform((value) => new URL(value).origin).optional(),
  TRUST_PROXY: hops.default(0),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, info, debug, trace or silent',
    )
    .default('info'),
  DEMO: flag.default(false),
  ATTACHMENTS_PER_PERSON_MB: megabytes.default(2048 * 1024 * 1024),
  ATTACHMENTS_PER_ORGANIZATION_MB: megabytes.default(51_200 * 1024 * 1024),
  VAPID_PUBLIC_KEY: z.string().optional(),
  VAPID_PRIVATE_KEY: z.string().optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(
      /^(?:mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/,
      'must be a mailto: or https: address of whoever runs this',
    )
    .optional(),
  PUSH_ALLOW_LOCAL: flag.default(false),
  AUTH_JWKS_URL: httpUrl.optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  DATABASE_URL: z
    .undefined('PostgreSQL is not built yet; unset it to use the embedded database in DATA_DIR')
    .optional(),
  REDIS_URL: z.undefined('clusters are not built yet; unset it to run one process').optional(),
})

type Settings = z.infer<typeof settings>

/** Names of all variables that are read. */
export const settingNames: readonly string[] = Object.keys(settings.shape)

/**
 * Parses the environment. An empty variable counts as not set, as compose files pass it.
 * Throws a {@link ConfigError} that names the first wrong variable.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new ConfigError(String(issue?.path[0] ?? 'environment'), issue?.message ?? 'is not valid')
  }
  const values = parsed.data
  const dataDir = path.resolve(values.DATA_DIR)
  return {
    host: values.HOST,
    port: values.PORT,
    dataDir,
    publicUrl: values.PUBLIC_URL ?? `http://${hostInUrl(values.HOST)}:${values.PORT}`,
    publicUrlGiven: values.PUBLIC_URL !== undefined,
    authSecret: values.AUTH_SECRET ?? demoSecret(values.DEMO, dataDir),
    trustProxy: values.TRUST_PROXY,
    logLevel: values.LOG_LEVEL,
    demo: values.DEMO,
    outsideIssuer: outsideIssuerOf(values),
    vapid: vapidOf(values),
    pushAllowsLocal: pushAllowsLocalOf(values),
    attachmentQuota: {
      personBytes: values.ATTACHMENTS_PER_PERSON_MB,
      organizationBytes: values.ATTACHMENTS_PER_ORGANIZATION_MB,
    },
    webRoot: path.resolve(import.meta.dirname, '../../web/dist'),
  }
}

function outsideIssuerOf(values: Settings): OutsideIssuer | undefined {
  const { AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = values
  if (jwksUrl === undefined && issuer === undefined && audience === undefined) return undefined
  const together = 'is required: AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE belong together'
  if (jwksUrl === undefined) throw new ConfigError('AUTH_JWKS_URL', together)
  if (issuer === undefined) throw new ConfigError('AUTH_ISSUER', together)
  if (audience === undefined) throw new ConfigError('AUTH_AUDIENCE', together)
  return { jwksUrl, issuer, audience }
}

function vapidOf(values: Settings): Config['vapid'] {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, PUBLIC_URL: url } = values
  const own = url?.startsWith('https:') === true ? url : 'mailto:operator@localhost'
  const subject = values.VAPID_SUBJECT ?? own
  if (publicKey === undefined && privateKey === undefined) return { given: undefined, subject }
  const together = 'is required: VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY belong together'
  if (publicKey === undefined) throw new ConfigError('VAPID_PUBLIC_KEY', together)
  if (privateKey === undefined) throw new ConfigError('VAPID_PRIVATE_KEY', together)
  const given = { publicKey, privateKey }
  if (!isKeyPair(given))
    throw new ConfigError(
      'VAPID_PRIVATE_KEY',
      'is not the key of VAPID_PUBLIC_KEY; make both with: npx web-push generate-vapid-keys',
    )
  return { given, subject }
}

/** Whoever is signed in names the address that a push is sent to, so this is for a machine that serves nobody else. */
function pushAllowsLocalOf({ PUSH_ALLOW_LOCAL: allows, HOST: host }: Settings): boolean {
  if (allows && !isLoopback(host))
    throw new ConfigError('PUSH_ALLOW_LOCAL', 'is for tests and demos on this machine only (HOST=127.0.0.1)')
  return allows
}

/** What a browser on this machine types for a listening address. */
export function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** True when only programs on this machine reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * Outside demo mode a secret must be given. In demo mode it is made once and kept beside the data, so that a restart
 * keeps people signed in and the token keys, which are encrypted with it, readable.
 */
function demoSecret(demo: boolean, dataDir: string): string {
  if (!demo) {
    throw new ConfigError('AUTH_SECRET', 'is required; make one with: openssl rand -base64 48')
  }
  const file = path.join(dataDir, 'demo-secret')
  try {
    if (existsSync(file)) return readFileSync(file, 'utf8')
    mkdirSync(dataDir, { recursive: true })
    const secret = randomBytes(48).toString('base64url')
    writeFileSync(file, secret, { mode: 0o600 })
    chmodSync(file, 0o600)
    return secret
  } catch (error) {
    throw new ConfigError(
      'DATA_DIR',
      `cannot be written to (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    )
  }
}
