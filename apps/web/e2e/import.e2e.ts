import { readFile } from 'node:fs/promises'
import { type CatalogueEntry, documentEndpoint, type HistoryPage } from '@fulqrun/protocol'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { listRecords, recordOf } from './support/demo-record.ts'
import { outage } from './support/problems.ts'
import {
  field,
  openField,
  readyForOffline,
  setField,
  upToDate,
  waitForChip,
  waiting,
} from './support/screens.ts'
import { journeys } from './support/stage.ts'
import { phone } from './support/visitor.ts'

/** As Excel saves it where commas are decimal signs: semicolons, Windows-1252. */
async function choose(page: Page, name: string, lines: readonly string[]): Promise<void> {
  const buffer = Buffer.from(lines.join('\r\n'), 'latin1')
  await page.getByLabel('CSV file').setInputFiles({ name, mimeType: 'text/csv', buffer })
  await page.getByRole('heading', { name: 'Columns' }).waitFor()
}

const hasNumber = ({ kind, territoryId, summary }: CatalogueEntry) =>
  kind === 'contact' && territoryId === 'meridian-north' && typeof summary['npi'] === 'string'

journeys('importing files', (stage) => {
  test('[IMP-6] [IMP-12] an admin checks a file, imports it, and gets back what was left; a phone number typed offline stands', async () => {
    const ana = await stage.enter('ana')
    ana.problems.allow(outage)
    const adam = await stage.enter('adam')
    const person = await stage.api('adam')
    const entry = (await listRecords(person)).find(hasNumber)
    if (entry === undefined) throw new Error('the demo data has no contact with an NPI')
    const record = recordOf(entry)
    await readyForOffline(ana.page)
    await ana.goTo(record.address)
    await openField(ana.page, 'Phone')
    await ana.context.setOffline(true)
    await setField(ana.page, 'Phone', '+1 555 0111')
    await waitForChip(ana.page, waiting)

    const { page } = adam
    await adam.goTo('/admin/import')
    const npi = String(entry.summary['npi'])
    await choose(page, 'hcps.csv', [
      'Vorname;Surname;NPI number;Phone;Hospital;Shoe size',
      'J\u00fcrgen;M\u00fcller;1234567893;+49 221 0100;St. Vincent;44',
      `${record.title};Known;${npi};+1 555 0122;;`,
      'Wrong;Number;1234567890;;;',
      'Said;Twice;1234567893;;;',
    ])
    await page.getByText(/4 rows, read as Windows-1252/).waitFor()
    await page.getByText('5 of 6 used').waitFor()
    await page.getByRole('button', { name: 'Check 4 rows' }).click()
    const rows = page.getByRole('table', { name: 'What each row of the file does' })
    await rows.getByText('NPI: Not a valid NPI: check the ten digits').waitFor()
    await rows.getByText('NPI: Row 2 has the same NPI').waitFor()
    const known = rows.getByRole('row').filter({ hasText: 'Already here' })
    await known.getByText('+1 555 0122').waitFor()
    await known.getByRole('switch').press('Space')
    await page.getByRole('button', { name: 'Create 1 and update 1 records' }).click()
    await page.getByText('2 of 4 rows were written, and the server has them on disk.').waitFor()

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the 2 rows that were left' }).click()
    const left = await readFile(await (await download).path(), 'utf8')
    expect(left).toContain('Wrong,Number,1234567890,,,,4,NPI: Not a valid NPI: check the ten digits')
    expect(left).not.toContain('ller')

    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    await adam.goTo(record.address)
    await openField(page, 'Phone')
    await expect.poll(() => field(page, 'Phone').inputValue()).toBe('+1 555 0111')
    await expect.poll(() => field(ana.page, 'Phone').inputValue()).toBe('+1 555 0111')
    await page.getByRole('tab', { name: /^History/ }).click()
    await page
      .getByText(/Import of hcps\.csv \(row 3, import /)
      .first()
      .waitFor()
    const { entries } = await person.get<HistoryPage>(documentEndpoint(record.name, 'history'))
    expect(entries.filter(({ origin }) => origin === 'import')).toHaveLength(1)
    const made = (await listRecords(person)).filter(({ title }) => title === 'J\u00fcrgen M\u00fcller')
    expect(made).toHaveLength(1)
  })

  test('[IMP-13] an import goes on where it was after the server was killed and the page reloaded', async () => {
    const rows = 1500
    const adam = await stage.enter('adam', phone)
    adam.problems.allow(outage)
    // New records are on their way to this device when the server is killed: an answer may be cut in its middle.
    adam.problems.allow(/net::ERR_(INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH)/)
    const { page } = adam
    const before = (await listRecords(await stage.api('adam'))).length
    await adam.goTo('/admin/import')
    const lines = Array.from({ length: rows }, (_, index) => `Import ${index},Oslo`)
    await choose(page, 'many.csv', ['Last name,City', ...lines])
    await page.getByRole('button', { name: 'Check 1,500 rows' }).click()
    await page.getByRole('button', { name: 'Create 1,500 records' }).click()
    await page.getByText(/^[1-9][\d,]* of 1,500 rows$/).waitFor()
    await stage.server.kill()
    await page.getByText(/The connection is lost|did not answer/).waitFor()
    await page.reload()
    await page.getByText(/^Stopped after [\d,]+ rows/).waitFor()
    await page.getByText(/Importing needs a connection/).waitFor()
    await stage.server.restart()
    await page.getByRole('button', { name: /^Go on with [\d,]+ rows$/ }).click()
    await page.getByText('1,500 of 1,500 rows were written, and the server has them on disk.').waitFor()
    const records = await listRecords(await stage.api('adam'))
    expect(records.length - before).toBe(rows)
    expect(
      new Set(records.filter(({ title }) => title.startsWith('Import ')).map(({ title }) => title)).size,
    ).toBe(rows)
  })

  test('whoever is neither admin nor manager has no way there, and is told so at the address', async () => {
    const ana = await stage.enter('ana')
    await ana.goTo('/admin/import')
    await ana.page.getByText('Only administrators and managers import').waitFor()
    expect(await ana.page.getByLabel('CSV file').count()).toBe(0)
    const mia = await stage.enter('mia')
    await mia.page.getByRole('button', { name: /^Signed in as / }).click()
    await mia.page.getByRole('menuitem', { name: 'Import records' }).click()
    await mia.page.getByRole('button', { name: 'Choose a CSV file of contacts' }).waitFor()
  })
})
