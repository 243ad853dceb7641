/** Lets the page draw and answer to fingers before more work is done: a turn of the event loop. */
export function breathe(): Promise<void> {
  const { scheduler } = globalThis as { readonly scheduler?: { yield?(): Promise<void> } }
  // Where there is a scheduler, going on does not wait behind every timer of the page.
  if (scheduler?.yield !== undefined) return scheduler.yield()
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
