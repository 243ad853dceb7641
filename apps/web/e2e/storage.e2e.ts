import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { outage } from './support/problems.ts'
import { field, openField, setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'

/** What browsers do to the storage of an app that is open. Stubs throw at once; a browser's disk fails later. */

const notSaved = /Not saved on this device/

async function devtoolsOf(page: Page) {
  return { devtools: await page.context().newCDPSession(page), origin: new URL(page.url()).origin }
}

/** Leaves the app no room, until what it answers is called. */
async function fillDisk(page: Page): Promise<() => Promise<void>> {
  const { devtools, origin } = await devtoolsOf(page)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
  // Chromium goes by what it knew of the room for up to half a minute.
  await expect
    .poll(() => page.evaluate(writeOnce), { timeout: 90_000, interval: 1_000 })
    .toBe('QuotaExceededError')
  // The browser forgets it with the session.
  return () => devtools.detach()
}

/** Runs in the page: what becomes of a write beside the app's own. */
function writeOnce(): Promise<string> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('probe')
    opening.onupgradeneeded = () => opening.result.createObjectStore('probe')
    opening.onerror = () => resolve(opening.error?.name ?? 'failed')
    opening.onsuccess = () => {
      const database = opening.result
      const transaction = database.transaction('probe', 'readwrite')
      transaction.objectStore('probe').put('x', 'x')
      const end = (outcome: string) => {
        database.close()
        resolve(outcome)
      }
      transaction.oncomplete = () => end('written')
      transaction.onabort = () => end(transaction.error?.name ?? 'aborted')
    }
  })
}

/** As browsers do when a disk runs full: handles and the service worker are taken away, and what they kept is gone. */
async function evict(page: Page, kinds = 'indexeddb,cache_storage,service_workers'): Promise<void> {
  const { devtools, origin } = await devtoolsOf(page)
  await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: kinds })
  await devtools.detach()
}

async function historyOf(stage: Stage, name: string): Promise<string> {
  return (await (await stage.api('ben')).api('GET', `/api/documents/${name}/history?limit=5`)).text()
}

journeys('storage of the browser', (stage) => {
  test('[SYNC 20] a disk that runs full while somebody types: said, kept in the tab, sent from there, saved again later', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    ana.problems.allow(outage)
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    await waitForChip(ana.page, upToDate)

    await ana.context.setOffline(true)
    const free = await fillDisk(ana.page)
    await setField(ana.page, 'Next step', 'Typed on a full disk')
    await waitForChip(ana.page, notSaved)
    expect(await field(ana.page, 'Next step').inputValue()).toBe('Typed on a full disk')
    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    expect(await historyOf(stage, record.name)).toContain('Typed on a full disk')

    await free()
    await ana.context.setOffline(true)
    await setField(ana.page, 'Next step', 'Typed with room again')
    await waitForChip(ana.page, waiting)
    await ana.goTo(record.address)
    await expect
      .poll(async () => (await openField(ana.page, 'Next step')).inputValue())
      .toBe('Typed with room again')
    await ana.context.setOffline(false)
    await expect.poll(() => historyOf(stage, record.name)).toContain('Typed with room again')
  }, 240_000)

  test('[SYNC 20] [SYNC 23] the browser clears everything while something waits: it is sent all the same, and the next start says it', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    ana.problems.allow(outage)
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    await waitForChip(ana.page, upToDate)

    await ana.context.setOffline(true)
    await setField(ana.page, 'Next step', 'Typed before it was cleared')
    await waitForChip(ana.page, waiting)
    await evict(ana.page)
    await setField(ana.page, 'Decision maker', 'Typed after it was cleared')
    expect(await field(ana.page, 'Next step').inputValue()).toBe('Typed before it was cleared')
    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    const history = await historyOf(stage, record.name)
    for (const words of ['Typed before it was cleared', 'Typed after it was cleared'])
      expect(history.split(`"${words}"`)).toHaveLength(2)

    await ana.context.setOffline(true)
    await evict(ana.page)
    await ana.context.setOffline(false)
    await ana.goTo('/sync')
    await ana.page.getByText(/^The browser cleared what was saved on this device/).waitFor()
    await ana.goTo(record.address)
    await expect
      .poll(async () => (await openField(ana.page, 'Next step')).inputValue())
      .toBe('Typed before it was cleared')
  })

  test('[WHO-1] [SYNC 23] somebody clears the site in the settings while the app is open: it goes on, and nothing is lost', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    ana.problems.allow(outage)
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    await waitForChip(ana.page, upToDate)

    await ana.context.setOffline(true)
    await setField(ana.page, 'Next step', 'Typed before it was cleared')
    await waitForChip(ana.page, waiting)
    const isRemembered = () => ana.page.evaluate(() => localStorage.getItem('fulqrun.me') !== null)
    await evict(ana.page, 'local_storage,indexeddb,cache_storage,service_workers')
    // The page has heard of it by the time it has noted again who works here.
    await expect.poll(isRemembered).toBe(true)
    expect(await field(ana.page, 'Next step').inputValue()).toBe('Typed before it was cleared')
    await setField(ana.page, 'Decision maker', 'Typed after it was cleared')
    await waitForChip(ana.page, waiting)
    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    const history = await historyOf(stage, record.name)
    for (const words of ['Typed before it was cleared', 'Typed after it was cleared'])
      expect(history.split(`"${words}"`)).toHaveLength(2)

    await ana.goTo('/sync')
    await ana.page.getByText(/^The browser cleared what was saved on this device/).waitFor()
    // From another tab it is the same.
    const other = await ana.context.newPage()
    await other.goto(new URL('/sync', ana.page.url()).href)
    await other
      .getByText(/^The browser cleared|^Kept until you sign out/)
      .first()
      .waitFor()
    await other.evaluate(() => {
      localStorage.clear()
    })
    await expect.poll(isRemembered).toBe(true)
    await ana.page.getByText('Kept until you sign out').first().waitFor()
  })

  test('[SYNC 19] one damaged record of a document: the others are there, and what is damaged is said', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    ana.problems.allow(outage)
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    await setField(ana.page, 'Next step', 'Written before the damage')
    await waitForChip(ana.page, upToDate)
    await ana.page.evaluate(async (name) => {
      const databases = await indexedDB.databases()
      const own = databases.find((each) => each.name?.endsWith(name))?.name
      if (own === undefined) throw new Error('the document has no database')
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(own)
        opening.onerror = () => reject(new Error('it does not open'))
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('updates', 'readwrite')
          transaction.objectStore('updates').add(Uint8Array.of(9, 255, 255, 255, 7))
          transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
        }
      })
    }, record.name)
    await ana.context.setOffline(true)
    await ana.page.reload()
    await expect
      .poll(async () => (await openField(ana.page, 'Next step')).inputValue())
      .toBe('Written before the damage')
    await setField(ana.page, 'Next step', 'Written after the damage')
    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    expect(await historyOf(stage, record.name)).toContain('Written after the damage')
  })
})
