import type { CatalogueEntry, HistoryPage } from '@fulqrun/protocol'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Person } from '../../server/src/testing/people.ts'
import { fillField, inboxLine } from './support/apart.ts'
import { type DemoRecord, isUnderWay, listRecords, recordOf } from './support/demo-record.ts'
import { attachFile, downloadFile, openFiles } from './support/files.ts'
import { outage } from './support/problems.ts'
import { makeProfile, type Profile } from './support/profile.ts'
import { openField, openTab, setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

/** What a rep does on a day without a signal: 200 edits over 40 records, 5 new ones, 3 changed by others meanwhile. */
const opportunityFields = [
  ['fields.nextStep', 'Next step'],
  ['fields.decisionMaker', 'Decision maker'],
  ['fields.contactName', 'Name of the main contact'],
  ['fields.product', 'Product'],
  ['fields.account', 'Account'],
] as const
const contactFields = [
  ['fields.department', 'Department'],
  ['fields.title', 'Title'],
  ['fields.specialty', 'Specialty'],
  ['fields.bestTime', 'Best time'],
  ['fields.language', 'Language'],
] as const
const recordCount = 40
const createdCount = 5
const conflictCount = 3

interface Visit {
  readonly record: DemoRecord
  readonly kind: 'opportunity' | 'contact'
  readonly number: number
  readonly fields: readonly (readonly [path: string, label: string])[]
}

function typedValue({ number }: Visit, label: string): string {
  return `${label} of visit ${number}`
}

/** Opportunities first: some of them clash. Records about which something waits already are left out. */
async function planDay(stage: Stage): Promise<readonly Visit[]> {
  const entries = await listRecords(await stage.api('ana'))
  const isQuiet = ({ summary, territoryId }: CatalogueEntry) =>
    territoryId === 'meridian-north' && summary['attention'] === undefined
  const opportunities = entries.filter(isUnderWay).filter(isQuiet)
  const contacts = entries.filter((entry) => entry.kind === 'contact' && isQuiet(entry))
  const chosen = [...opportunities, ...contacts].slice(0, recordCount)
  expect(chosen).toHaveLength(recordCount)
  expect(opportunities.length).toBeGreaterThanOrEqual(conflictCount)
  return chosen.map((entry, index) => ({
    record: recordOf(entry),
    kind: entry.kind === 'contact' ? 'contact' : 'opportunity',
    number: index + 1,
    fields: entry.kind === 'contact' ? contactFields : opportunityFields,
  }))
}

/** Finds a record in its list, as people do: the page is not loaded anew. */
async function openRecord(page: Page, { record, kind }: Pick<Visit, 'record' | 'kind'>): Promise<void> {
  const [list, search] =
    kind === 'contact' ? ['Contacts', 'Search contacts'] : ['Pipeline', 'Search opportunities']
  await page.getByRole('link', { name: list, exact: true }).first().click()
  await page.getByRole('searchbox', { name: search }).fill(record.title)
  await page.locator(`a[href^="${record.address}"]`).filter({ visible: true }).first().click()
  await page.getByRole('heading', { level: 1, name: record.title }).waitFor()
}

async function makeVisits(page: Page, visits: readonly Visit[]): Promise<void> {
  for (const visit of visits) {
    await openRecord(page, visit)
    for (const [, label] of visit.fields) {
      await openField(page, label)
      await setField(page, label, typedValue(visit, label))
    }
    // Also says that all of it is on the disk; while it is not, the chip says "Saving".
    await waitForChip(page, waiting)
  }
}

async function createOpportunity(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Pipeline', exact: true }).first().click()
  await page.getByRole('button', { name: 'New opportunity' }).click()
  const dialog = page.getByRole('dialog', { name: 'New opportunity' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Account').fill('Windmere Clinic')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await waitForChip(page, waiting)
}

/** Everything that was ever set in a record, oldest first, as `path value`. */
async function writtenTo(person: Person, name: string): Promise<string[]> {
  const values: string[] = []
  let before: number | undefined
  do {
    const query = before === undefined ? '?limit=200' : `?limit=200&before=${before}`
    const page = await person.get<HistoryPage>(`/api/documents/${name}/history${query}`)
    for (const { changes } of page.entries)
      for (const { path, action, after } of changes)
        if (action === 'set') values.push(`${path} ${JSON.stringify(after)}`)
    before = page.next
  } while (before !== undefined)
  return values.toReversed()
}

async function attach(page: Page, visit: Visit, fileName: string): Promise<void> {
  await openRecord(page, visit)
  await openTab(page, 'Activities')
  await openFiles(page)
  await attachFile(page, fileName, contentOf(fileName))
  await waitForChip(page, waiting)
}

const contentOf = (fileName: string) => Buffer.from(`%PDF-1.4\n${fileName} of the day\n%%EOF`)

/** A power cut, and the browser is started again where there is still no network. */
async function restart(profile: Profile, { page, problems }: Visitor): Promise<Visitor> {
  await waitForChip(page, waiting)
  await profile.kill()
  expect(problems.found).toEqual([])
  const again = await profile.start({ allow: outage })
  await waitForChip(again.page, waiting)
  return again
}

journeys('a working day without a signal', (stage) => {
  test('everything of a day in airplane mode with two crashes is at the server, once; what clashed is in the inbox', async () => {
    const visits = await planDay(stage)
    const clashing = visits.slice(0, conflictCount)
    const [formulary, minutes] = clashing
    if (formulary === undefined || minutes === undefined) throw new Error('a day has at least two records')
    await using profile = await makeProfile(stage.server)
    let ana = await profile.start({ allow: outage })
    await ana.signIn('ana')
    await ana.goTo('/sync')
    await ana.page
      .getByText(/Ready for offline/)
      .first()
      .waitFor()
    // Signed in the day before.
    await profile.quit()
    ana = await profile.start({ allow: outage })
    await waitForChip(ana.page, upToDate)
    await profile.setOffline(true)

    // The office goes on meanwhile.
    const ben = await stage.enter('ben')
    for (const visit of clashing) {
      await openRecord(ben.page, visit)
      await fillField(ben.page, 'Close date', '2027-03-31')
      await waitForChip(ben.page, upToDate)
    }

    await makeVisits(ana.page, visits.slice(0, 15))
    for (const visit of clashing) {
      await openRecord(ana.page, visit)
      await fillField(ana.page, 'Close date', '2027-06-30')
    }
    await attach(ana.page, formulary, 'formulary.pdf')
    ana = await restart(profile, ana)

    await makeVisits(ana.page, visits.slice(15, 30))
    for (let number = 1; number <= createdCount; number += 1)
      await createOpportunity(ana.page, `Made on the road, ${number}`)
    await attach(ana.page, minutes, 'minutes.pdf')
    ana = await restart(profile, ana)

    await makeVisits(ana.page, visits.slice(30))
    const started = performance.now()
    await profile.setOffline(false)
    await waitForChip(ana.page, upToDate)
    const tookMs = Math.round(performance.now() - started)
    process.stdout.write(`a day of ${recordCount} records sent ${tookMs} ms after the network was back\n`)

    const office = await stage.api('ben')
    const typed = await Promise.all(
      visits.map(async (visit) => {
        const written = await writtenTo(office, visit.record.name)
        return written.filter((line) => line.endsWith(` of visit ${visit.number}"`)).toSorted()
      }),
    )
    expect(typed).toEqual(
      visits.map((visit) =>
        visit.fields.map(([path, label]) => `${path} ${JSON.stringify(typedValue(visit, label))}`).toSorted(),
      ),
    )
    const made = (await listRecords(office)).filter(({ title }) => title.startsWith('Made on the road, '))
    expect(made.map(({ title }) => title).toSorted()).toEqual(
      Array.from({ length: createdCount }, (_, index) => `Made on the road, ${index + 1}`),
    )

    await ana.page
      .getByRole('link', { name: /^Inbox/ })
      .first()
      .click()
    await ana.page.getByRole('tab', { name: /^Conflicts/ }).click()
    for (const { record } of clashing) await inboxLine(ana.page, 'Close date', record.title).waitFor()
    expect(ana.problems.found).toEqual([])

    for (const [visit, file] of [
      [formulary, 'formulary.pdf'],
      [minutes, 'minutes.pdf'],
    ] as const) {
      await openRecord(ben.page, visit)
      await openTab(ben.page, 'Activities')
      await openFiles(ben.page)
      expect(await downloadFile(ben.page, file)).toEqual(contentOf(file))
    }
  }, 600_000)
})
