import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { demoEmail, demoPassword } from '../../server/src/accounts/seed-accounts.ts'
import type { PersonId } from '../../server/src/testing/people.ts'
import type { DemoRecord } from './support/demo-record.ts'
import { outage } from './support/problems.ts'
import { openField, setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

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

/** Nothing of a record is left on the screen; its person is asked about what was not sent. */
async function isEnded({ page, record }: Visitor & { record: DemoRecord }, title: string): Promise<void> {
  await page.getByRole('heading', { name: title }).waitFor()
  expect(await page.content()).not.toContain(record.title)
  await page.getByText(/^1 change made on this device did not reach the server/).waitFor()
}

async function saveAsFile(page: Page): Promise<string> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as a file' }).click()
  return readFile(await (await download).path(), 'utf8')
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

  /** Something that the server has not got, on a device without a network. */
  async function typeOffline(person: PersonId, value: string): Promise<Visitor & { record: DemoRecord }> {
    const record = await stage.takeOpportunity()
    const visitor = await stage.enter(person)
    // The device asks for a token and is turned away.
    visitor.problems.allow(/status of 401/)
    visitor.problems.allow(outage)
    await visitor.goTo(record.address)
    await openField(visitor.page, 'Next step')
    await visitor.context.setOffline(true)
    await setField(visitor.page, 'Next step', value)
    await waitForChip(visitor.page, waiting)
    return { ...visitor, record }
  }

  test('a device that an admin clears lets its person save what was not sent, and then holds nothing', async () => {
    const ben = await typeOffline('ben', 'Typed on the lost device')

    const adam = await stage.enter('adam')
    await adam.goTo('/devices')
    await adam.page
      .getByRole('button', { name: /^Clear .* of Ben/ })
      .first()
      .click()
    const dialog = adam.page.getByRole('dialog', { name: /^Clear / })
    await dialog.getByRole('button', { name: 'Clear this device' }).click()
    await dialog.getByText('Say why, for the record.').waitFor()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Ben changes his phone')
    await dialog.getByRole('button', { name: 'Clear this device' }).click()
    await adam.page.getByText('To be cleared at its next contact').first().waitFor()

    await ben.context.setOffline(false)
    await isEnded(ben, 'This device is to be cleared')
    expect(await saveAsFile(ben.page)).toContain('Typed on the lost device')
    await ben.page.getByRole('button', { name: 'Remove everything from this device' }).click()
    await ben.page.getByText('Nothing of them is left here.').waitFor()
    expect(await leftOvers(ben.page)).toEqual(nothing)

    await adam.page.reload()
    await adam.page
      .getByText(/^Cleared /)
      .first()
      .waitFor()
  })

  test('somebody whose access an admin takes away sees nothing, and saves what was not sent', async () => {
    const ben = await typeOffline('ben', 'Typed by somebody who left')
    const adam = await stage.api('adam')
    const block = (blocked: boolean) => adam.api('PATCH', '/api/admin/people/ben', { body: { blocked } })
    expect((await block(true)).status).toBe(204)
    await ben.context.setOffline(false)
    await isEnded(ben, 'Your access has ended')
    // Nor after a reload, without a network.
    await ben.context.setOffline(true)
    await ben.page.reload()
    await isEnded(ben, 'Your access has ended')
    await ben.context.setOffline(false)

    expect(await saveAsFile(ben.page)).toContain('Typed by somebody who left')
    await ben.page.getByRole('button', { name: 'Remove everything from this device' }).click()
    await ben.page.getByText('Nothing of your records is left on this device.').waitFor()
    expect(await leftOvers(ben.page)).toEqual(nothing)
    expect((await block(false)).status).toBe(204)
  })

  test('[SYNC 22] another person on the same device sees nothing of what waits there, and leaves it alone', async () => {
    const ana = await typeOffline('ana', 'Typed by Ana, not sent')
    const { page } = ana
    const adam = await stage.api('adam')
    await adam.api('POST', '/api/admin/people/ana/end-sessions', { body: {} })
    await ana.context.setOffline(false)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Sign in again' })
    await dialog.getByLabel('Email').fill(demoEmail({ id: 'eve', organizationId: 'rival' }))
    await dialog.getByLabel('Password').fill(demoPassword)
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()

    await page.getByText('1 change of Ana Castillo stay').waitFor()
    await page.getByRole('button', { name: 'Signed in as Eve Marchetti' }).waitFor()
    for (const address of [ana.record.address, '/pipeline', '/sync']) {
      await ana.goTo(address)
      await waitForChip(page, upToDate)
      const content = await page.content()
      for (const secret of ['Typed by Ana', ana.record.title]) expect(content).not.toContain(secret)
    }
    await signOut(page)
    await page.getByRole('heading', { name: 'Sign in to FulQrun' }).waitFor()
    const { databases, ...others } = await leftOvers(page)
    expect(databases.filter((name) => name?.includes('eve'))).toEqual([])
    expect({ ...others, databases: [] }).toEqual(nothing)

    await ana.signIn('ana')
    const history = await (await stage.api('ben')).api('GET', `/api/documents/${ana.record.name}/history`)
    expect((await history.text()).split('"Typed by Ana, not sent"')).toHaveLength(2)
  })
})
