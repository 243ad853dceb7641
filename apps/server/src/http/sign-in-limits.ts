import { type IRateLimiterOptions, RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { HttpProblem } from './problem.ts'

/**
 * Limits on wrong passwords. Only failures count: an office behind one address may sign in as often as it likes.
 *
 * | counted per | failures | then refused for |
 * |---|---|---|
 * | e-mail address and client address | 5 in 15 min | 15 min |
 * | e-mail address | 50 in an hour | the rest of the hour |
 * | client address | 30 in 5 min | the rest of the 5 min |
 *
 * Attempts wait in line: two passwords are hashed at a time, because each takes a thread of Node's pool for 50 ms and
 * files are read by the same four threads; and never two of one e-mail and client address, so that a hundred guesses
 * sent at once are counted as strictly as one after another.
 */
export interface SignInLimits {
  /**
   * Runs an attempt when its turn comes. Rejects with `auth/too-many-attempts` without running it when a limit is
   * reached, and with `server/overloaded` when too many are waiting.
   */
  attempt<T extends { readonly failed: boolean }>(who: Attempt, run: () => Promise<T>): Promise<T>
}

interface Attempt {
  readonly email: string
  readonly clientAddress: string
}

const concurrentAttempts = 2
const maxWaiting = 200

export function createSignInLimits(): SignInLimits {
  const pair = limiter({ keyPrefix: 'pair', points: 5, duration: 900, blockDuration: 900 })
  const perEmail = limiter({ keyPrefix: 'email', points: 50, duration: 3600 })
  const perAddress = limiter({ keyPrefix: 'address', points: 30, duration: 300 })
  const turnstile = createTurnstile()
  return {
    attempt({ email, clientAddress }, run) {
      const pairKey = `${email} ${clientAddress}`
      return turnstile(pairKey, async () => {
        await pair.check(pairKey)
        await perEmail.check(email)
        await perAddress.check(clientAddress)
        const result = await run()
        if (result.failed) {
          await Promise.all([pair.fail(pairKey), perEmail.fail(email), perAddress.fail(clientAddress)])
        } else {
          await pair.forget(pairKey)
        }
        return result
      })
    },
  }
}

function limiter(options: IRateLimiterOptions & { readonly points: number; readonly duration: number }) {
  const memory = new RateLimiterMemory(options)
  return {
    async check(key: string): Promise<void> {
      const state = await memory.get(key)
      if (state !== null && state.consumedPoints >= options.points) throw tooManyAttempts(state)
    },
    async fail(key: string): Promise<void> {
      const state = await memory.penalty(key)
      if (options.blockDuration !== undefined && state.consumedPoints >= options.points) {
        await memory.block(key, options.blockDuration)
      }
    },
    async forget(key: string): Promise<void> {
      await memory.delete(key)
    },
  }
}

function tooManyAttempts(state: RateLimiterRes): HttpProblem {
  const seconds = Math.ceil(state.msBeforeNext / 1000)
  return new HttpProblem('auth/too-many-attempts', {
    retryAfter: seconds,
    detail: `Try again in ${Math.ceil(seconds / 60)} min`,
  })
}

interface Waiting {
  readonly key: string
  readonly start: () => void
}

/** Lets a few jobs run at a time, in the order in which they came, and no two with the same key. */
function createTurnstile() {
  const running = new Set<string>()
  const waiting: Waiting[] = []

  function admitNext(): void {
    while (running.size < concurrentAttempts) {
      const index = waiting.findIndex(({ key }) => !running.has(key))
      const [next] = index === -1 ? [] : waiting.splice(index, 1)
      if (next === undefined) return
      running.add(next.key)
      next.start()
    }
  }

  return async function pass<T>(key: string, job: () => Promise<T>): Promise<T> {
    if (waiting.length >= maxWaiting) throw new HttpProblem('server/overloaded', { retryAfter: 5 })
    await new Promise<void>((resolve) => {
      waiting.push({ key, start: resolve })
      admitNext()
    })
    try {
      return await job()
    } finally {
      running.delete(key)
      admitNext()
    }
  }
}
