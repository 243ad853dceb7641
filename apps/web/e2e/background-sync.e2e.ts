import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { launchProfile } from './support/chromium.ts'
import { outage } from './support/problems.ts'
import { openField, setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys } from './support/stage.ts'
import { desktop, receive } from './support/visitor.ts'
import { syncTags } from './support/worker-control.ts'

/**
 * The events are the browser's own. It tries again what failed after five minutes, and not more than three times; here it
 * does so after a second and as often as it takes. Nothing else is different.
 */
const impatient = [
  '--force-fieldtrials=BackgroundSync/Impatient',
  '--force-fieldtrial-params=BackgroundSync.Impatient:initial_retry_delay_sec/1/retry_delay_factor/1/max_sync_attempts/1000',
]

journeys('edits with every tab closed', (stage) => {
  test('[SW-8] [SW-10] edited offline, all tabs closed, online again: the browser wakes the app, and nothing is sent twice', async () => {
    const record = await stage.takeOpportunity()
    const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-profile-'))
    const browser = await launchProfile(folder, desktop, impatient)
    try {
      const ana = await receive(browser, stage.server, { allow: outage })
      await ana.signIn('ana')
      await ana.goTo(record.address)
      await openField(ana.page, 'Next step')
      await waitForChip(ana.page, upToDate)

      // A worker that the browser starts by itself does not know of an emulated outage: nobody answers it.
      await stage.server.kill()
      await setField(ana.page, 'Next step', 'Typed in the basement')
      await waitForChip(ana.page, waiting)
      await expect.poll(() => syncTags(ana.page)).toContain('outbox')
      // Not a page of the app: only the browser itself is left.
      await browser.newPage()
      await ana.page.close()
      await stage.server.restart()
      const ben = await stage.api('ben')
      const history = async () =>
        (await ben.api('GET', `/api/documents/${record.name}/history?limit=5`)).text()
      await expect.poll(history).toContain('Typed in the basement')

      const back = await browser.newPage()
      await back.goto(stage.server.url + record.address)
      const field = await openField(back, 'Next step')
      await waitForChip(back, upToDate)
      expect(await field.inputValue()).toBe('Typed in the basement')
      // Done with: the browser does not wake the app again.
      expect(await syncTags(back)).toEqual([])
      expect((await history()).split('Typed in the basement')).toHaveLength(2)
      expect(ana.problems.found).toEqual([])
    } finally {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('[SW-3] [SW-5] without a network: a page for addresses of the server, answers for this person only, gone when they leave', async () => {
    const ana = await stage.enter('ana')
    ana.problems.allow(outage)
    const answers = () =>
      ana.page.evaluate(async () => {
        const cache = await caches.open('fulqrun-answers')
        return (await cache.keys()).map(({ url }) => new URL(url).pathname).sort()
      })
    // The very first page had its answers before there was a service worker.
    await ana.goTo('/pipeline')
    await ana.page.evaluate(async () => fetch('/api/people'))
    await expect.poll(answers).toEqual(['/api/me', '/api/people', '/api/policy'])

    await ana.context.setOffline(true)
    const me = await ana.page.evaluate(async () => {
      const answer = await fetch('/api/me')
      return {
        from: answer.headers.get('fulqrun-from'),
        body: (await answer.json()) as Record<string, unknown>,
      }
    })
    expect(me).toMatchObject({ from: 'device', body: { user: { id: 'ana' } } })
    expect(me.body).not.toHaveProperty('now')
    const exported = await ana.context.newPage()
    await exported.goto(`${stage.server.url}/api/people`)
    await exported.getByRole('heading', { name: "You're offline" }).waitFor()
    await exported.getByRole('link', { name: 'Open FulQrun' }).click()
    await exported.getByRole('heading', { name: 'Pipeline' }).waitFor()
    await exported.close()

    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    await ana.page.getByRole('button', { name: /^Signed in as / }).click()
    await ana.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await ana.page.getByRole('button', { name: 'Ana Castillo' }).waitFor()
    await expect.poll(answers).toEqual([])
  })
})
