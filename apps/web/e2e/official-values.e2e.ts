import type { FinancialsAnswer } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { waitForChip, upToDate } from './support/screens.ts'
import { journeys } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

async function expectAmount(people: readonly Visitor[], amount: string): Promise<void> {
  await Promise.all(people.map(({ page }) => page.getByText(amount, { exact: true }).first().waitFor()))
}

journeys('official values', (stage) => {
  test('finance sets the amount, a rep proposes another, finance approves: everybody sees it live', async () => {
    const record = await stage.takeOpportunity()
    const [ana, ben, finn] = await Promise.all([stage.enter('ana'), stage.enter('ben'), stage.enter('finn')])
    const everybody = [ana, ben, finn]
    await Promise.all(everybody.map((person) => person.goTo(`${record.address}?tab=financials`)))

    const finance = await stage.api('finn')
    const path = `/api/opportunities/${record.id}/financials`
    const { version } = await finance.get<FinancialsAnswer>(path)
    const put = (ifMatch: number) =>
      finance.api('PUT', path, { body: { amount: 412_345 }, headers: { 'if-match': `"${ifMatch}"` } })
    expect((await put(version)).status).toBe(200)
    await expectAmount(everybody, '$412,345')
    expect((await put(version)).status).toBe(409)

    await ana.page.getByRole('button', { name: 'Propose another amount' }).click()
    const dialog = ana.page.getByRole('dialog', { name: 'Propose another amount' })
    await dialog.getByRole('textbox', { name: /^Amount/ }).fill('398000')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Volume discount agreed on the phone')
    await dialog.getByRole('button', { name: 'Propose', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await waitForChip(ana.page, upToDate)
    // A proposal stands beside the official value and never in its place.
    await ben.page.getByText('$398,000 proposed').waitFor()
    await expectAmount([ben], '$412,345')

    const reason = 'Reason: Volume discount agreed on the phone'
    // Proposals for one field stand in a list of their own: the innermost item is the proposal.
    const proposal = finn.page.getByRole('listitem').filter({ hasText: reason }).last()
    await proposal.getByRole('button', { name: 'Approve' }).click()
    await expectAmount(everybody, '$398,000')
    await ana.page.getByText('Approved', { exact: true }).first().waitFor()
    const answer = await finance.get<FinancialsAnswer>(path)
    expect(answer.values['amount']).toBe(398_000)
  })
})
