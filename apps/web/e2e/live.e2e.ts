import type { CatalogueEntry } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { listRecords, recordOf } from './support/demo-record.ts'
import { field, openField, openTab, setField, upToDate, waitForChip } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'

async function newestKpiSet(stage: Stage): Promise<CatalogueEntry> {
  const entries = await listRecords(await stage.api('ana'))
  const sets = entries.filter(({ kind, territoryId }) => kind === 'kpi' && territoryId === 'meridian-north')
  const [newest] = sets.toSorted((a, b) =>
    String(b.summary['period']).localeCompare(String(a.summary['period'])),
  )
  if (newest === undefined) throw new Error('the demo data has no KPI set for North')
  return newest
}

journeys('history and KPIs', (stage) => {
  test('a change is in the history of a colleague with who, what and when; restoring is a new edit', async () => {
    const record = await stage.takeOpportunity()
    const [ana, ben] = await Promise.all([stage.meet('ana'), stage.meet('ben')])
    await Promise.all([ana.goTo(record.address), ben.goTo(`${record.address}?tab=history`)])
    const before = await (await openField(ana.page, 'Decision maker')).inputValue()

    await setField(ana.page, 'Decision maker', 'Dr. Okonkwo-Reyes')
    const burst = ben.page.getByRole('article').filter({ hasText: 'Dr. Okonkwo-Reyes' }).first()
    await burst.waitFor()
    const words = await burst.innerText()
    expect(words).toContain('Ana Castillo')
    expect(words).toContain('Decision maker')
    expect(words).toMatch(/\d{1,2}:\d{2}/)
    await ben.page.getByRole('region', { name: 'Today' }).waitFor()

    await burst.getByRole('button', { name: 'Restore Decision maker' }).click()
    await expect.poll(() => field(ana.page, 'Decision maker').inputValue()).toBe(before)
    await waitForChip(ben.page, upToDate)
    await openTab(ana.page, 'History')
    const restored = ana.page.getByRole('article').filter({ hasText: 'Ben Okafor' }).first()
    await restored.getByText('Decision maker').first().waitFor()
  })

  test('a value set on the server moves on an open KPI page, and two write the commentary at once', async () => {
    const set = await newestKpiSet(stage)
    const [ana, ben] = await Promise.all([stage.meet('ana'), stage.meet('ben')])
    const address = `/kpis?territory=meridian-north&quarter=${String(set.summary['period'])}`
    await Promise.all([ana.goTo(address), ben.goTo(address)])
    const share = ana.page.getByRole('article', { name: 'Market share' })
    await share.waitFor()

    const finance = await stage.api('finn')
    const answer = await finance.api('PUT', `/api/kpis/${recordOf(set).id}/values`, {
      body: { market_share: { value: 27.3, asOf: Date.now(), formulaVersion: 1 } },
    })
    expect(answer.status).toBe(204)
    await share.getByText('27.3').waitFor()

    const [ofAna, ofBen] = [field(ana.page, 'Commentary'), field(ben.page, 'Commentary')]
    await Promise.all([ofAna.focus(), ofBen.focus()])
    await Promise.all([ana.page.keyboard.press('Control+Home'), ben.page.keyboard.press('Control+End')])
    await Promise.all([
      ana.page.keyboard.type('Ana: share is up after the listing. '),
      ben.page.keyboard.type(' Ben: two clinics are still missing.'),
    ])
    await expect
      .poll(async () => {
        const [a, b] = await Promise.all([ofAna.inputValue(), ofBen.inputValue()])
        return (
          a === b && a.includes('Ana: share is up after the listing. ') && a.includes(' Ben: two clinics are')
        )
      })
      .toBe(true)
  })
})
