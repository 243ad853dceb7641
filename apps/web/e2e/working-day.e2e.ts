import type { CatalogueEntry, HistoryPage } from '@fulqrun/protocol'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Person } from '../../server/src/testing/people.ts'
import { fillField, inboxLine, labelled, patience } from './support/apart.ts'
import { type DemoRecord, isUnderWay, listRecords, recordOf } from './support/demo-record.ts'
import { outage } from './support/problems.ts'
import { makeProfile, type Profile } from './support/profile.ts'
import { setField, upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

/** What a rep does on a day without a signal: 200 edits over 40 records, 5 new ones, 3 changed by others meanwhile. */
const opportunityFields = [
  ['fields.nextStep', 'Next step'],
  ['fields.decisionMaker', 'Decision maker'],
  ['fields.contactName', 'Name of the main contact'],
  ['fields.product', 'Product'],
  ['fields.competitors', 'Competitors'],
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
  readonly number: number
  readonly fields: readonly (readonly [path: string, label: string])[]
}

function typedValue({ number }: Visit, label: string): string {
  return `${label} of visit ${number}`
}

async function planDay(stage: Stage): Promise<readonly Visit[]> {
  const entries = await listRecords(await stage.api('ana'))
  const isHers = ({ territoryId }: CatalogueEntry) => territoryId === 'meridian-north'
  const opportunities = entries.filter(isUnderWay)
  const contacts = entries.filter((entry) => entry.kind === 'contact' && isHers(entry))
  const chosen = [...opportunities, ...contacts].slice(0, recordCount)
  expect(chosen).toHaveLength(recordCount)
  return chosen.map((entry, index) => ({
    record: recordOf(entry),
    number: index + 1,
    fields: entry.kind === 'contact' ? contactFields : opportunityFields,
  }))
}

async function makeVisits(ana: Visitor, visits: readonly Visit[]): Promise<void> {
  for (const visit of visits) {
    await ana.goTo(visit.record.address)
    for (const [, label] of visit.fields) {
      await labelled(ana.page, label).waitFor()
      await setField(ana.page, label, typedValue(visit, label))
    }
    await waitForChip(ana.page, waiting)
  }
}

async function createOpportunity(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Pipeline' }).first().click()
  await page.getByRole('button', { name: 'New opportunity' }).click()
  const dialog = page.getByRole('dialog', { name: 'New opportunity' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Account').fill('Windmere Clinic')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

/** Every value that was typed into a field of a record, in the order of the history. */
async function writtenTo(person: Person, name: string, path: string): Promise<string[]> {
  const values: string[] = []
  let before: number | undefined
  do {
    const query = before === undefined ? '?limit=200' : `?limit=200&before=${before}`
    const page = await person.get<HistoryPage>(`/api/documents/${name}/history${query}`)
    for (const { changes } of page.entries)
      for (const change of changes)
        if (change.path === path && change.action === 'set') values.push(JSON.stringify(change.after))
    before = page.next
  } while (before !== undefined)
  return values
}

async function isEverythingHere(page: Page): Promise<void> {
  await page
    .getByText(/Ready for offline/)
    .first()
    .waitFor(patience)
}

async function attach(page: Page, record: DemoRecord, fileName: string): Promise<void> {
  await page.goto(new URL(`${record.address}?tab=activities`, page.url()).href)
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page
      .getByRole('button', { name: /^Attach/ })
      .first()
      .click(),
  ])
  await chooser.setFiles({
    name: fileName,
    mimeType: 'text/plain',
    buffer: Buffer.from(`content of ${fileName}`),
  })
  await page.getByText(fileName).first().waitFor()
}

async function restart(profile: Profile): Promise<Visitor> {
  await profile.kill()
  return profile.start({ isOffline: true, allow: outage })
}

journeys('a working day without a signal', (stage) => {
  test('everything of a day in airplane mode with two crashes is at the server, once; what clashed is in the inbox', async () => {
    const visits = await planDay(stage)
    const clashing = visits.slice(0, conflictCount).map(({ record }) => record)
    await using profile = await makeProfile(stage.server)
    let ana = await profile.start({ isOffline: false, allow: outage })
    await ana.signIn('ana')
    await ana.goTo('/sync')
    await isEverythingHere(ana.page)
    await ana.context.setOffline(true)

    // The office goes on meanwhile.
    const ben = await stage.enter('ben')
    for (const record of clashing) {
      await ben.goTo(record.address)
      await fillField(ben.page, 'Close date', '2027-03-31')
      await waitForChip(ben.page, upToDate)
    }

    await makeVisits(ana, visits.slice(0, 15))
    for (const record of clashing) {
      await ana.goTo(record.address)
      await fillField(ana.page, 'Close date', '2027-06-30')
    }
    await waitForChip(ana.page, waiting)
    await attach(ana.page, clashing[0] as DemoRecord, 'formulary.txt')
    ana = await restart(profile)

    await makeVisits(ana, visits.slice(15, 30))
    for (let number = 1; number <= createdCount; number += 1)
      await createOpportunity(ana.page, `Made on the road, ${number}`)
    await attach(ana.page, clashing[1] as DemoRecord, 'minutes.txt')
    ana = await restart(profile)

    await makeVisits(ana, visits.slice(30))
    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)

    const office = await stage.api('ben')
    for (const visit of visits) {
      for (const [path, label] of visit.fields) {
        const wanted = typedValue(visit, label)
        const written = await writtenTo(office, visit.record.name, path)
        expect(written.filter((value) => value.includes(wanted))).toHaveLength(1)
      }
    }
    const titles = (await listRecords(office)).map(({ title }) => title)
    for (let number = 1; number <= createdCount; number += 1)
      expect(titles.filter((title) => title === `Made on the road, ${number}`)).toHaveLength(1)

    await ana.page
      .getByRole('link', { name: /^Inbox/ })
      .first()
      .click()
    for (const record of clashing) await inboxLine(ana.page, 'Close date', record.title).waitFor()

    for (const [record, file] of [
      [clashing[0], 'formulary.txt'],
      [clashing[1], 'minutes.txt'],
    ] as const) {
      await ben.goTo(`${record?.address ?? ''}?tab=activities`)
      const download = ben.page.waitForEvent('download')
      await ben.page
        .getByRole('button', { name: new RegExp(`Download ${file}`) })
        .first()
        .click()
      const stream = await (await download).createReadStream()
      let content = ''
      for await (const chunk of stream) content += String(chunk)
      expect(content).toBe(`content of ${file}`)
    }
  }, 600_000)
})
