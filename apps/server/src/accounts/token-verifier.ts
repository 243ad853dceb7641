import {
  createRemoteJWKSet,
  errors as joseErrors,
  importJWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { AccountDatabase } from './account-database.ts'
import { AccountError } from './account-error.ts'

/** Whose token it is, once its signature, issuer, audience and time are known to be right. */
export type TokenSubject =
  | {
      readonly issuer: 'own'
      readonly sessionId: string
      readonly userId: string
      readonly expiresAt: number
    }
  | {
      readonly issuer: 'outside'
      readonly subject: string
      /** Lower case; undefined when the token has none or says that it is not verified. */
      readonly email: string | undefined
      readonly expiresAt: number
    }

export interface TokenVerifier {
  /** Throws an {@link AccountError}: `auth/token-expired`, `auth/token-invalid`, or `server/overloaded`. */
  verify(token: string): Promise<TokenSubject>
}

const ownClaims = z.object({ sub: z.string(), sid: z.string(), exp: z.number() })
const outsideClaims = z.object({
  sub: z.string(),
  exp: z.number(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
})

/** Clocks of outside issuers may differ from ours by this much. */
const outsideClockToleranceSeconds = 30
/** Asymmetric algorithms only: a shared secret would let whoever can check tokens also make them. */
const outsideAlgorithms = [
  'EdDSA',
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
]

type VerifierConfig = Pick<Config, 'publicUrl' | 'outsideIssuer'>

/**
 * Checks tokens against our own keys in memory, and those of an outside issuer against its published keys. The issuer
 * named in the token only chooses which of the two is asked; each checks it again.
 */
export function createTokenVerifier(db: AccountDatabase, config: VerifierConfig): TokenVerifier {
  const ownKeys = createOwnKeySet(db)
  const outside = config.outsideIssuer
  const outsideKeys = outside === undefined ? undefined : createRemoteJWKSet(new URL(outside.jwksUrl))
  return {
    verify(token) {
      if (outside !== undefined && outsideKeys !== undefined && issuerOf(token) === outside.issuer) {
        return guarded(async () => {
          const { payload } = await jwtVerify(token, outsideKeys, {
            issuer: outside.issuer,
            audience: outside.audience,
            algorithms: outsideAlgorithms,
            clockTolerance: outsideClockToleranceSeconds,
          })
          return outsideSubject(payload)
        })
      }
      return guarded(async () => {
        const { payload } = await jwtVerify(token, ownKeys, {
          issuer: config.publicUrl,
          audience: config.publicUrl,
          algorithms: ['EdDSA'],
        })
        const { sub, sid, exp } = ownClaims.parse(payload)
        return { issuer: 'own', sessionId: sid, userId: sub, expiresAt: exp * 1000 }
      })
    },
  }
}

function outsideSubject(payload: JWTPayload): TokenSubject {
  const { sub, exp, email, email_verified: verified } = outsideClaims.parse(payload)
  return {
    issuer: 'outside',
    subject: sub,
    email: verified === false ? undefined : email?.toLowerCase(),
    expiresAt: exp * 1000,
  }
}

/** Reads the issuer without trusting it. */
function issuerOf(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return (payload as { iss?: string } | null)?.iss
  } catch {
    // Not a token at all: our own check says so.
    return undefined
  }
}

async function guarded(check: () => Promise<TokenSubject>): Promise<TokenSubject> {
  try {
    return await check()
  } catch (cause) {
    if (cause instanceof joseErrors.JWTExpired) throw new AccountError('auth/token-expired', { cause })
    if (cause instanceof joseErrors.JWKSTimeout || cause instanceof TypeError) {
      throw new AccountError('server/overloaded', {
        detail: 'The issuer of the token does not answer',
        cause,
      })
    }
    throw new AccountError('auth/token-invalid', { cause })
  }
}

/**
 * Our signing keys, read from the database when a token names one that is not known yet (a new one was made, or the
 * token is forged: one indexed read tells).
 */
function createOwnKeySet(db: AccountDatabase): JWTVerifyGetKey {
  const keys = new Map<string, Awaited<ReturnType<typeof importJWK>>>()
  return async ({ kid }) => {
    if (kid === undefined) throw new AccountError('auth/token-invalid')
    const known = keys.get(kid)
    if (known !== undefined) return known
    const row = await db
      .selectFrom('jwks')
      .select(['publicKey', 'alg'])
      .where('id', '=', kid)
      .executeTakeFirst()
    if (row === undefined) throw new AccountError('auth/token-invalid')
    const key = await importJWK(JSON.parse(row.publicKey), row.alg ?? 'EdDSA')
    keys.set(kid, key)
    return key
  }
}
