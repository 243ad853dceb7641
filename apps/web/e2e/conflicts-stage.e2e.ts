import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { enterPair, patience } from './support/apart.ts'
import type { DemoRecord } from './support/demo-record.ts'
import { journeys, type Stage } from './support/stage.ts'

/** A deal of both before its decision, with everything answered that winning needs. */
function readyToWin(stage: Stage): Promise<DemoRecord> {
  return stage.take(
    'deal before its decision',
    ({ kind, territoryId, summary }) =>
      kind === 'opportunity' && territoryId === 'meridian-north' && summary['stage'] === 'key_decision',
  )
}

/** Takes the answers of a pillar away, on which the way to winning is built. */
async function clearPaperProcess(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'MEDDPICC' }).click()
  await page.getByRole('button', { name: /^Paper process/ }).click()
  for (const name of ['Which documents are needed?', 'How does procurement work?'])
    await page.getByRole('textbox', { name }).fill('')
}

journeys('a stage of which the gate was met on one device only', (stage) => {
  test('[GAT-1] the move is put back and explained, and lives on as a wish for the manager', async () => {
    const record = await readyToWin(stage)
    const pair = await enterPair(stage, record)
    const { ana, both } = pair
    await pair.apart({
      offline: async (page) => {
        await page.getByRole('button', { name: 'Move to Closed won' }).click()
        await page.getByRole('button', { name: 'Closed won, the current stage' }).waitFor()
      },
      online: clearPaperProcess,
    })
    await pair.reunite()
    await Promise.all(
      both.map(({ page }) => page.getByRole('button', { name: 'Key decision, the current stage' }).waitFor()),
    )
    const why = 'The gate to Closed won is not met: Paper process 0, needs 70.'
    await Promise.all(both.map(({ page }) => page.getByText(why).waitFor()))
    await ana.page.getByText('You asked for Closed won. Your manager decides.').waitFor()
    const asked = ({ page }: { readonly page: Page }) =>
      page.getByRole('list', { name: 'Asked for' }).getByRole('listitem').count()
    await expect.poll(() => Promise.all(both.map(asked)), patience).toEqual([1, 1])
  })
})
