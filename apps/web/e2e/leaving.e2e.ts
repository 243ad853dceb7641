import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { outage } from './support/problems.ts'
import { openField, setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys } from './support/stage.ts'

/** Everything that this browser keeps for the app. */
async function leftOvers(page: Page) {
  return page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    keys: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))
}

const nothing = { databases: [], caches: [], keys: [], workers: 0 }

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
}

/** Files of the app that are here for starts without a network. */
async function cachedFiles(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const names = await caches.keys()
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return lists.flat().length
  })
}

journeys('leaving', (stage) => {
  test('[SYNC 22] [SW-11] signing out in one of two tabs leaves nothing, and the next person sees nothing', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    const second = await ana.context.newPage()
    await second.goto(ana.page.url())
    await openField(second, 'Next step')
    expect((await leftOvers(ana.page)).databases).not.toEqual([])

    await signOut(ana.page)
    await ana.page.getByRole('heading', { name: 'Sign in to FulQrun' }).waitFor()
    await second.getByRole('heading', { name: 'Sign in to FulQrun' }).waitFor()
    expect(await leftOvers(ana.page)).toEqual(nothing)

    await ana.page.getByRole('button', { name: 'Eve Marchetti' }).click()
    await waitForChip(ana.page, upToDate)
    const databases = (await leftOvers(ana.page)).databases.join(' ')
    expect(databases).toContain('eve')
    expect(databases).not.toContain('ana')
    expect(await ana.page.content()).not.toContain(record.title)

    // The app is installed for the next person as it was for the one before.
    await expect.poll(() => cachedFiles(ana.page)).toBeGreaterThan(100)
    ana.problems.allow(outage)
    await ana.context.setOffline(true)
    await ana.page.goto(`${stage.server.url}/offline`)
    await ana.page.getByRole('button', { name: 'Signed in as Eve Marchetti' }).waitFor()
  })

  test('[SW-11] nothing is installed before somebody signs in', async () => {
    const visitor = await stage.arrive()
    await visitor.page.getByRole('button', { name: 'Ana Castillo' }).waitFor()
    expect(await leftOvers(visitor.page)).toEqual(nothing)
    await visitor.signIn('ana')
    expect((await leftOvers(visitor.page)).workers).toBe(1)
  })

  test('a device that an admin clears lets its person save what was not sent, and then holds nothing', async () => {
    const record = await stage.takeOpportunity()
    const ben = await stage.enter('ben')
    // The device asks for a token and is turned away.
    ben.problems.allow(/status of 401/)
    ben.problems.allow(outage)
    await ben.goTo(record.address)
    await openField(ben.page, 'Next step')
    await ben.context.setOffline(true)
    await setField(ben.page, 'Next step', 'Typed on the lost device')
    await waitForChip(ben.page, waiting)

    const adam = await stage.enter('adam')
    await adam.goTo('/devices')
    await adam.page
      .getByRole('button', { name: /^Clear .* of Ben/ })
      .first()
      .click()
    const dialog = adam.page.getByRole('dialog', { name: /^Clear / })
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Ben changes his phone')
    await dialog.getByRole('button', { name: 'Clear this device' }).click()
    await adam.page.getByText('To be cleared at its next contact').first().waitFor()

    await ben.context.setOffline(false)
    await ben.page.getByRole('heading', { name: 'This device is to be cleared' }).waitFor()
    expect(await ben.page.content()).not.toContain(record.title)
    const download = ben.page.waitForEvent('download')
    await ben.page.getByRole('button', { name: 'Save as a file' }).click()
    const stream = await (await download).createReadStream()
    let saved = ''
    for await (const chunk of stream) saved += String(chunk)
    expect(saved).toContain('Typed on the lost device')
    await ben.page.getByRole('button', { name: 'Remove everything from this device' }).click()
    await ben.page.getByText('Nothing of them is left here.').waitFor()
    expect(await leftOvers(ben.page)).toEqual(nothing)

    await adam.page.reload()
    await adam.page
      .getByText(/^Cleared /)
      .first()
      .waitFor()
  })
})
