import { expect, test } from 'vitest'
import { outage } from './support/problems.ts'
import { makeProfile } from './support/profile.ts'
import { openField, setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys } from './support/stage.ts'

/** `RECONNECT_CYCLES=50` measures what the promise of the product is about; a landing takes fewer. */
const cycles = Number(process.env['RECONNECT_CYCLES'] ?? 12)

/**
 * Mostly the system says that the network is gone and closes what was connected. Every so often it only says so: sockets
 * stay open and nothing comes any more, which takes the app up to 3 s to find out (SES-4).
 */
const silentEvery = 4

/** Resolves with the ms from the event `online` until the chip says that everything is sent. */
function timeUntilSent(): Promise<number> {
  return new Promise((resolve) => {
    addEventListener(
      'online',
      () => {
        const started = performance.now()
        const look = (): boolean => {
          const chip = document.querySelector('button[aria-label^="Sync: Up to date"]')
          if (chip === null) return false
          observer.disconnect()
          resolve(performance.now() - started)
          return true
        }
        const observer = new MutationObserver(look)
        observer.observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        })
        look()
      },
      { once: true },
    )
  })
}

journeys('reconnecting', (stage) => {
  test('[SYNC 16] time and again: what was typed offline is at the server soon after the network is back', async () => {
    const record = await stage.takeOpportunity()
    await using profile = await makeProfile(stage.server)
    const ana = await profile.start({ allow: outage })
    await ana.signIn('ana')
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    await waitForChip(ana.page, upToDate)
    const times: number[] = []
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const lose = cycle % silentEvery === 0 ? ana.context : profile
      await lose.setOffline(true)
      await setField(ana.page, 'Next step', `Typed in cycle ${cycle}`)
      await waitForChip(ana.page, waiting)
      // Asked for before the network is back, answered after: the page measures, not the test.
      const sent = ana.page.evaluate(timeUntilSent)
      await ana.page.evaluate(() => undefined)
      await lose.setOffline(false)
      times.push(await sent)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const p95 = Math.round(sorted[Math.ceil(cycles * 0.95) - 1] ?? Number.NaN)
    process.stdout.write(
      `sent after "online", ${cycles} cycles: p50 ${Math.round(sorted[cycles / 2] ?? Number.NaN)} ms, p95 ${p95} ms, max ${Math.round(sorted.at(-1) ?? Number.NaN)} ms\n`,
    )
    const { entries } = await (
      await stage.api('ben')
    ).get<{ entries: { changes: { path: string; after?: unknown }[] }[] }>(
      `/api/documents/${record.name}/history?limit=200`,
    )
    const typed = entries
      .flatMap(({ changes }) => changes)
      .flatMap(({ path, after }) => (path === 'fields.nextStep' && typeof after === 'string' ? [after] : []))
      .filter((value) => value.startsWith('Typed in cycle '))
    expect(typed.toReversed()).toEqual(times.map((_, index) => `Typed in cycle ${index + 1}`))
    expect(ana.problems.found).toEqual([])
  }, 600_000)
})
