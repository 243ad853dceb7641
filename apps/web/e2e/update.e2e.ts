import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { turnIntoNextBuild } from './support/next-build.ts'
import { outage } from './support/problems.ts'
import { field, openField, setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys } from './support/stage.ts'

/** The entry chunk that a page runs. */
function versionOf(page: Page): Promise<string> {
  return page.evaluate(
    () => document.querySelector<HTMLScriptElement>('script[type=module][src^="/assets/"]')?.src ?? '',
  )
}

function isNextInstalled(page: Page): Promise<boolean> {
  return page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null)
}

journeys('a new version', (stage) => {
  test('[SW-1] [SW-2] [SW-7] [UPD-1] [UPD-2] [UPD-5] deployed during an offline edit: the edit arrives, the tabs go on and move together when it suits (SYNC 25)', async () => {
    const record = await stage.takeOpportunity()
    const { server } = stage
    const ana = await stage.enter('ana')
    // Answers of the dead server's address while it is replaced.
    ana.problems.allow(outage)
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    await waitForChip(ana.page, upToDate)
    // A tab of the old version without a service worker: it has nothing but what the server gives it.
    const bare = await stage.arrive({ serviceWorkers: 'block' })
    bare.problems.allow(outage)
    bare.problems.allow(/Service Worker registration blocked by Playwright/)
    await bare.page.getByRole('button', { name: 'Ben Okafor' }).click()
    await waitForChip(bare.page, upToDate)
    const before = await versionOf(ana.page)
    const oldChunks = await readdir(path.join(server.webRoot, 'assets'))

    await ana.context.setOffline(true)
    await setField(ana.page, 'Next step', 'Typed while they deployed')
    await waitForChip(ana.page, waiting)
    await server.kill()
    await turnIntoNextBuild(server.webRoot)
    await server.restart()

    // Offline, the old version goes on, and opens screens that it had not loaded yet.
    await ana.page.getByRole('link', { name: 'KPIs' }).first().click()
    await ana.page.getByRole('heading', { name: 'KPIs', level: 1 }).waitFor()
    // So does the tab that has to ask the server for them, which has only the next build by now.
    await bare.page.getByRole('link', { name: 'KPIs' }).first().click()
    await bare.page.getByRole('heading', { name: 'KPIs', level: 1 }).waitFor()
    for (const chunk of oldChunks) {
      const answer = await fetch(`${server.url}/assets/${chunk}`)
      expect([chunk, answer.status]).toEqual([chunk, 200])
    }

    await ana.page.getByRole('link', { name: 'Pipeline' }).first().click()
    await ana.page.goto(server.url + record.address)
    expect(await versionOf(ana.page)).toBe(before)
    const nextStep = await openField(ana.page, 'Next step')
    expect(await nextStep.inputValue()).toBe('Typed while they deployed')
    // Somebody types in another tab as well.
    const other = await ana.context.newPage()
    await other.goto(server.url + record.address)
    const inOther = await openField(other, 'Decision maker')
    await nextStep.focus()

    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    const history = async () =>
      (await (await stage.api('ben')).api('GET', `/api/documents/${record.name}/history?limit=5`)).text()
    await expect.poll(history).toContain('Typed while they deployed')

    // The next version is there; nothing is said while somebody is in a field.
    await expect.poll(() => isNextInstalled(ana.page)).toBe(true)
    const bar = ana.page.getByText('A new version is ready')
    expect(await bar.count()).toBe(0)
    await inOther.fill('Dr. Whit')
    await nextStep.blur()
    await bar.waitFor()
    expect(await versionOf(ana.page)).toBe(before)

    // It waits for the other tab, too, and then both move.
    await ana.page.getByRole('button', { name: 'Restart now' }).click()
    await ana.page.getByText(/^Restarts with the new version as soon as/).waitFor()
    expect(await inOther.inputValue()).toBe('Dr. Whit')
    await inOther.fill('Dr. Whitcombe')
    await other.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    })
    for (const page of [ana.page, other]) {
      await expect.poll(() => versionOf(page).catch(() => before)).toContain('Next.js')
      await openField(page, 'Next step')
      await expect.poll(() => field(page, 'Next step').inputValue()).toBe('Typed while they deployed')
      await expect.poll(() => field(page, 'Decision maker').inputValue()).toBe('Dr. Whitcombe')
    }
    await waitForChip(ana.page, upToDate)
    await expect.poll(history).toContain('Dr. Whitcombe')

    // A chunk of the old build that the server gave to a page is kept on the device.
    const [oldChunk = ''] = oldChunks.filter((name) => name.endsWith('.js'))
    const load = () => ana.page.evaluate(async (chunk) => (await fetch(`/assets/${chunk}`)).status, oldChunk)
    expect(await load()).toBe(200)
    await ana.context.setOffline(true)
    expect(await load()).toBe(200)
    // Two deployments' worth of loading; a minute and a half on a busy machine.
  }, 300_000)
})
