import { endpoints, type PolicyAnswer } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { journeys } from './support/stage.ts'

journeys('rules of the organization', (stage) => {
  test('an admin tries a rule, changes it with a reason, and finds who changed it; reps preview by the new one', async () => {
    const adam = await stage.enter('adam')
    const { page } = adam
    await adam.goTo('/admin/rules?kind=contact')

    await page.getByRole('button', { name: 'Try the rule of Phone', exact: true }).click()
    const outcome = page.getByRole('region', { name: 'What happens' })
    await outcome.getByText('Settled by the rule').waitFor()
    await outcome.getByText(/Rule RES-2/).waitFor()

    await page.getByRole('tab', { name: 'By field' }).click()
    await page.getByRole('button', { name: 'Change the rule of Phone', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Rule of Phone' })
    const change = dialog.getByRole('button', { name: 'Change the rule', exact: true })
    await change.click()
    await dialog.getByText('Say why').waitFor()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Old numbers came back after trips')
    await change.click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText('Version 2').first().waitFor()

    await page.getByRole('tab', { name: 'What would happen if' }).click()
    await outcome.getByText('Somebody has to choose').waitFor()
    await page.getByRole('tab', { name: 'Changes' }).click()
    const entry = page.getByRole('listitem').filter({ hasText: 'Old numbers came back after trips' })
    await entry.getByText('Adam').first().waitFor()
    const rep = await stage.api('ana')
    expect(await rep.get<PolicyAnswer>(endpoints.policy)).toMatchObject({
      version: 2,
      settings: { overrides: [{ kind: 'contact', path: 'fields.phone', strategy: 'user-choice' }] },
    })
  })

  test('whoever is no admin has no way there, and is told so at the address', async () => {
    const ana = await stage.enter('ana')
    expect(await ana.page.getByRole('link', { name: 'Rules' }).count()).toBe(0)
    await ana.goTo('/admin/rules')
    await ana.page.getByText('Only administrators see this page').waitFor()
  })
})
