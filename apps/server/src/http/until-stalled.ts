interface StallOptions {
  readonly stallMs: number
  /** The reader has taken nothing for `stallMs`. */
  readonly drop: () => void
}

/** Passes parts on as they are taken, and calls `drop` when one that was given out is not followed by a question for the next. */
export async function* untilStalled<T>(
  parts: AsyncGenerator<T>,
  { stallMs, drop }: StallOptions,
): AsyncGenerator<T> {
  for await (const part of parts) {
    const stalled = setTimeout(drop, stallMs)
    try {
      yield part
    } finally {
      clearTimeout(stalled)
    }
  }
}
