/**
 * Asks one thing at a time. What is asked meanwhile waits, and of that only the newest: whoever asked before it is
 * answered with undefined. Somebody who types faster than they are answered is so never behind by more than one answer.
 */
export function newestOnly<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer | undefined> {
  let isAsking = false
  let waiting: ((isNewest: boolean) => void) | undefined
  return async (question) => {
    if (isAsking) {
      waiting?.(false)
      const isNewest = await new Promise<boolean>((resolve) => {
        waiting = resolve
      })
      if (!isNewest) return undefined
    }
    isAsking = true
    try {
      return await ask(question)
    } finally {
      const next = waiting
      waiting = undefined
      // Whoever waits goes on in this turn's microtasks, before anybody else can ask.
      if (next === undefined) isAsking = false
      else next(true)
    }
  }
}
