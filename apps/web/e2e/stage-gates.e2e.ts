import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { upToDate, waitForChip } from './support/screens.ts'
import { journeys } from './support/stage.ts'

/** Answers the dialog of a stage whose gate is not met. */
async function insist(page: Page, stage: string, action: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: `Move to ${stage}` }).click()
  const dialog = page.getByRole('dialog', { name: `${stage} needs more` })
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await dialog.getByRole('button', { name: action }).click()
  await dialog.waitFor({ state: 'detached' })
}

journeys('stages whose gate is not met', (stage) => {
  test('[GAT-1] a rep asks, also offline, and the manager approves', async () => {
    const record = await stage.takeOpportunity()
    const [ana, mia] = await Promise.all([stage.meet('ana'), stage.meet('mia')])
    await Promise.all([ana.goTo(record.address), mia.goTo(record.address)])
    ana.problems.allow(/ERR_INTERNET_DISCONNECTED/)
    // Without a network she can ask about what her device has: the record has to be there first.
    await ana.page.getByRole('button', { name: 'Move to Closed won' }).waitFor()
    await waitForChip(ana.page, upToDate)

    await ana.context.setOffline(true)
    await insist(ana.page, 'Closed won', 'Ask for it anyway', 'Their board has signed')
    await ana.page.getByText('You asked for Closed won. It will be sent when you reconnect.').waitFor()
    await ana.context.setOffline(false)

    const asked = mia.page.getByRole('list', { name: 'Asked for' })
    await asked.getByText('Reason: Their board has signed').waitFor()
    await asked.getByRole('button', { name: 'Approve' }).click()
    await ana.page.getByRole('button', { name: 'Closed won, the current stage' }).waitFor()
    await expect.poll(() => asked.count()).toBe(0)
  })

  test('[GAT-1] a manager moves the deal for a reason, and everybody may move it back', async () => {
    const record = await stage.takeOpportunity()
    const [ana, mia] = await Promise.all([stage.meet('ana'), stage.meet('mia')])
    await Promise.all([ana.goTo(record.address), mia.goTo(record.address)])

    await insist(mia.page, 'Key decision', 'Move anyway', 'The board has signed')
    await ana.page.getByRole('button', { name: 'Key decision, the current stage' }).waitFor()
    await ana.page.getByRole('button', { name: 'Move to Prospecting' }).click()
    await mia.page.getByRole('button', { name: 'Prospecting, the current stage' }).waitFor()
    expect(await ana.page.getByRole('dialog').count()).toBe(0)
  })

  test('what is missing leads to its questions', async () => {
    const record = await stage.takeOpportunity()
    const { page, goTo } = await stage.meet('ana')
    await goTo(record.address)
    await page.getByRole('button', { name: 'Move to Closed won' }).click()
    await page.getByRole('link', { name: /Paper process completed/ }).click()
    await page.getByRole('heading', { name: 'Paper process', exact: true }).waitFor()
    const question = () =>
      page.evaluate(
        () => document.activeElement?.closest<HTMLElement>('[data-question]')?.dataset['question'],
      )
    await expect.poll(question).toMatch(/^meddpicc\.paperProcess\./)
  })
})
