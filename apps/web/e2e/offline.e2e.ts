import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { outage } from './support/problems.ts'
import { expectSame } from './support/same.ts'
import {
  field,
  notes,
  openTab,
  readNotes,
  readyForOffline,
  setField,
  typeNotes,
  upToDate,
  waitForChip,
  waiting,
} from './support/screens.ts'
import type { DemoRecord } from './support/demo-record.ts'
import { journeys, type Stage } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

/** How long both are waited for until they show the same; what it took is printed, and is not the test's to judge. */
const reunionMs = 30_000

/** The record as its two screens show it: notes and the fields that the tests edit. */
async function readRecord(page: Page): Promise<string> {
  if (await notes(page).isVisible()) return readNotes(page)
  const labels = ['Next step', 'Decision maker', 'Customer budget']
  const values = await Promise.all(labels.map((label) => field(page, label).inputValue()))
  return values.join('\n')
}

async function enterTogether(stage: Stage, record: DemoRecord): Promise<readonly [Visitor, Visitor]> {
  const together = await Promise.all([stage.enter('ana'), stage.enter('ben')])
  for (const { problems } of together) problems.allow(outage)
  await Promise.all(together.map((person) => person.goTo(record.address)))
  await Promise.all(together.map(({ page }) => page.getByRole('button', { name: /^Also here: / }).waitFor()))
  return together
}

const anaNotes = [
  'Ana, in the car park: the chair of the committee is for us.',
  ' And she is still without a network.',
]
const benNotes = 'Ben, at his desk: procurement wants a second quote. '

async function editApart(ana: Page, ben: Page): Promise<void> {
  // Not left before the notes are opened: what was typed counts all the same.
  await field(ana, 'Next step').fill('Send the dossier to the chair')
  await setField(ben, 'Decision maker', 'Dr. Whitcombe')
  await setField(ben, 'Customer budget', '310000')
  await Promise.all([openTab(ana, 'Notes'), openTab(ben, 'Notes')])
  await Promise.all([typeNotes(ana, 'end', anaNotes[0] ?? ''), typeNotes(ben, 'start', benNotes)])
}

/** Ana loads the page anew and finds what she wrote; it says how much of it waits, and she goes on. */
async function reloadAndGoOn(ana: Page): Promise<void> {
  await waitForChip(ana, waiting)
  await ana.reload()
  await notes(ana)
    .getByText(anaNotes[0] ?? '')
    .waitFor()
  await waitForChip(ana, waiting)
  await typeNotes(ana, 'end', anaNotes[1] ?? '')
}

/** Runs when the way is open again: both show everything, in time, and say so. */
async function expectReunion(ana: Page, ben: Page, story: string): Promise<void> {
  const started = performance.now()
  await expectSame([ana, ben], readRecord, { parts: [...anaNotes, benNotes], timeout: reunionMs })
  process.stdout.write(`${story}: the same notes after ${Math.round(performance.now() - started)} ms\n`)
  await Promise.all([waitForChip(ana, upToDate), waitForChip(ben, upToDate)])
  await Promise.all([openTab(ana, 'Overview'), openTab(ben, 'Overview')])
  await expectSame([ana, ben], readRecord, {
    parts: ['Send the dossier to the chair', 'Dr. Whitcombe', '310,000'],
    timeout: reunionMs,
  })
}

journeys('work without a connection', (stage) => {
  test('both edit while one is offline and reloads; back online both show the same', async () => {
    const record = await stage.takeOpportunity()
    const [ana, ben] = await enterTogether(stage, record)

    await ana.context.setOffline(true)
    await editApart(ana.page, ben.page)
    await reloadAndGoOn(ana.page)
    await ana.page
      .getByText(/^You're offline. You can keep working/)
      .first()
      .waitFor()
    expect(await readNotes(ben.page)).not.toContain(anaNotes[0])

    await ana.context.setOffline(false)
    await expectReunion(ana.page, ben.page, 'after a lost network')
  })

  test('both edit while the server is dead and one reloads; restarted, both show the same', async () => {
    const record = await stage.takeOpportunity()
    const [ana, ben] = await enterTogether(stage, record)
    await setField(ana.page, 'Competitors', 'Insorel')
    await waitForChip(ana.page, upToDate)

    await stage.server.kill()
    await editApart(ana.page, ben.page)
    await reloadAndGoOn(ana.page)
    await waitForChip(ben.page, waiting)

    await stage.server.restart()
    await expectReunion(ana.page, ben.page, 'after a killed server')
    // What had been acknowledged before is there as well.
    expect(await field(ben.page, 'Competitors').inputValue()).toBe('Insorel')
  })

  test('an opportunity made offline survives a reload and appears at a colleague', async () => {
    const [ana, ben] = await Promise.all([stage.enter('ana'), stage.enter('ben')])
    ana.problems.allow(outage)
    await readyForOffline(ana.page)
    await ana.context.setOffline(true)

    await ana.page.getByRole('button', { name: 'New opportunity' }).click()
    const dialog = ana.page.getByRole('dialog', { name: 'New opportunity' })
    await dialog.getByLabel('Name').fill('Cardavel pilot at Windmere')
    await dialog.getByLabel('Account').fill('Windmere Clinic')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await setField(ana.page, 'Next step', 'Meet the head of cardiology')
    await waitForChip(ana.page, waiting)
    await ana.page.reload()
    await expect.poll(() => field(ana.page, 'Next step').inputValue()).toBe('Meet the head of cardiology')
    await ana.page.getByRole('link', { name: 'Pipeline' }).first().click()
    await ana.page.getByRole('link', { name: 'Cardavel pilot at Windmere' }).first().waitFor()

    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    await ben.goTo('/pipeline')
    await ben.page.getByRole('link', { name: 'Cardavel pilot at Windmere' }).first().click()
    await expect.poll(() => field(ben.page, 'Next step').inputValue()).toBe('Meet the head of cardiology')
  })
})
