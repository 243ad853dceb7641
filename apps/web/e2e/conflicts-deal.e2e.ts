import type { FinancialsAnswer } from '@fulqrun/protocol'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { enterPair, findInInbox, openCard, type Pair, patience, question } from './support/apart.ts'
import type { DemoRecord } from './support/demo-record.ts'
import { notes, readNotes } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

const anaLine = 'The pharmacy board meets on Tuesday and wants the second quote by Friday.'
const benLine = 'The pharmacy board meets on Tuesday and wants a second quote by Friday'

/** Writes a paragraph of its own behind the last one. */
async function addParagraph(page: Page, words: string): Promise<void> {
  await notes(page).focus()
  // The editor puts the caret where it had it when it gets the focus, some time after it got it.
  const isAtEnd = async () => {
    await page.keyboard.press('Control+End')
    return notes(page).evaluate((editor) => {
      const caret = document.getSelection()?.anchorNode ?? null
      return caret !== null && editor.lastElementChild?.contains(caret) === true
    })
  }
  await expect.poll(isAtEnd).toBe(true)
  await page.keyboard.press('Enter')
  const isInList = () => document.getSelection()?.anchorNode?.parentElement?.closest('li') != null
  if (await page.evaluate(isInList)) await page.keyboard.press('Enter')
  await page.keyboard.type(words)
  await notes(page).getByText(words, { exact: true }).waitFor()
}

/** Which of the two lines each has in the notes. */
function linesOf(people: readonly Visitor[]): Promise<string[][]> {
  return Promise.all(
    people.map(async ({ page }) => {
      const lines = (await readNotes(page)).split('\n')
      return [anaLine, benLine].filter((line) => lines.includes(line))
    }),
  )
}

async function writeAlike(stage: Stage): Promise<Pair & { readonly record: DemoRecord }> {
  const record = await stage.takeOpportunity()
  const pair = await enterPair(stage, record, 'notes')
  await pair.apart({
    offline: (page) => addParagraph(page, anaLine),
    online: (page) => addParagraph(page, benLine),
  })
  await pair.reunite()
  await expect
    .poll(() => linesOf(pair.both), patience)
    .toEqual([
      [anaLine, benLine],
      [anaLine, benLine],
    ])
  await Promise.all(pair.both.map(({ page }) => question(page, 'Notes').waitFor()))
  return { ...pair, record }
}

async function propose(page: Page, amount: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Propose another amount' }).click()
  const dialog = page.getByRole('dialog', { name: 'Propose another amount' })
  await dialog.getByRole('textbox', { name: /^Amount/ }).fill(amount)
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await dialog.getByRole('button', { name: 'Propose', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** A waiting or decided wish, by what it says. */
function proposal(page: Page, words: string): Locator {
  return page.getByRole('article', { name: 'Proposal for Amount' }).filter({ hasText: words })
}

async function expectOfficial(people: readonly Visitor[], amount: string): Promise<void> {
  await Promise.all(people.map(({ page }) => page.getByText(amount, { exact: true }).first().waitFor()))
}

journeys('one deal, two people, one of them without a network', (stage) => {
  test('[RES-9] a paragraph that both wrote: both are there and flagged; keeping one takes the other out for both', async () => {
    const { ana, both, record } = await writeAlike(stage)
    await findInInbox(ana.page, { tab: 'Conflicts', label: 'Notes', title: record.title })
    await ana.goTo(`${record.address}?tab=notes`)

    const card = await openCard(ana.page, 'Notes')
    await card.getByText('Two people seem to have written the same thing').waitFor()
    await card.getByRole('button', { name: "Keep Ben's" }).click()
    await expect.poll(() => linesOf(both), patience).toEqual([[benLine], [benLine]])
    await Promise.all(both.map(({ page }) => question(page, 'Notes').waitFor({ state: 'detached' })))
  })

  test('[RES-9] both paragraphs stay when somebody keeps both', async () => {
    const { ben, both } = await writeAlike(stage)
    const card = await openCard(ben.page, 'Notes')
    await card.getByRole('button', { name: 'Keep both' }).click()
    await Promise.all(both.map(({ page }) => question(page, 'Notes').waitFor({ state: 'detached' })))
    await expect
      .poll(() => linesOf(both), patience)
      .toEqual([
        [anaLine, benLine],
        [anaLine, benLine],
      ])
  })

  test('[RES-4] an activity: completed stands on both, and whoever called it off is told why', async () => {
    const record = await stage.takeOpportunity()
    const pair = await enterPair(stage, record, 'activities')
    const { ana, both } = pair
    const box = ana.page.getByRole('checkbox', { name: /^Complete / }).first()
    const subject = (await box.getAttribute('aria-label'))?.slice('Complete '.length) ?? ''
    await pair.apart({
      offline: async (page) => {
        await page.getByRole('button', { name: `Details of ${subject}` }).click()
        await page.getByRole('button', { name: `Cancel ${subject}` }).click()
        await page.getByText('Cancelled', { exact: true }).waitFor()
      },
      online: async (page) => {
        await page.getByRole('checkbox', { name: `Complete ${subject}` }).press('Space')
      },
    })
    await pair.reunite()
    await Promise.all(
      both.map(({ page }) => page.getByRole('checkbox', { name: `${subject}: done` }).waitFor()),
    )
    await ana.page.getByText("Ben Okafor's completion stands; yours was Cancelled").first().waitFor()
    await ana.page.getByRole('button', { name: 'Review' }).click()
    const dialog = ana.page.getByRole('dialog')
    await dialog.getByText('It was completed meanwhile, and completed stays completed').waitFor()
    await dialog.getByRole('button', { name: 'OK, leave it' }).click()
    await dialog.waitFor({ state: 'detached' })
    const mine = ana.page.getByRole('button', { name: 'Use mine for Status' })
    await expect.poll(() => mine.count(), patience).toBe(0)
  })

  test('[PRO-1] [PRO-3] an amount: the official one stays, wishes wait side by side, whoever may decides', async () => {
    const record = await stage.takeOpportunity()
    const pair = await enterPair(stage, record, 'financials')
    const { ana, ben, both } = pair
    const finance = await stage.api('finn')
    const path = `/api/opportunities/${record.id}/financials`
    const { version } = await finance.get<FinancialsAnswer>(path)
    await pair.apart({
      offline: (page) => propose(page, '241000', 'Two more wards join'),
      online: async (page) => {
        const set = { body: { amount: 212_345 }, headers: { 'if-match': `"${version}"` } }
        expect((await finance.api('PUT', path, set)).status).toBe(200)
        await expectOfficial([ben], '$212,345')
        await propose(page, '260000', 'They want the evening groups')
      },
    })
    await proposal(ana.page, '$241,000').getByText('It will be sent when you reconnect').waitFor()
    await pair.reunite()
    await expectOfficial(both, '$212,345')
    for (const { page } of both) {
      await page.getByText('2 people want another value here').waitFor()
      await proposal(page, '$241,000')
        .getByText(/^Made against version/)
        .waitFor()
      expect(
        await proposal(page, '$260,000')
          .getByText(/^Made against version/)
          .count(),
      ).toBe(0)
    }

    const [mia, finn] = await Promise.all([stage.enter('mia'), stage.enter('finn')])
    await Promise.all([mia, finn].map(({ goTo }) => goTo(`${record.address}?tab=financials`)))
    await proposal(mia.page, '$260,000').getByText('Finance decides about amounts over 250,000').waitFor()
    expect(await proposal(mia.page, '$260,000').getByRole('button', { name: 'Approve' }).count()).toBe(0)
    await proposal(mia.page, '$241,000').getByRole('button', { name: 'Approve' }).click()
    await expectOfficial(both, '$241,000')
    await proposal(ana.page, '$241,000').getByText('Approved by Mia Lindqvist').waitFor()

    await proposal(finn.page, '$260,000').getByRole('button', { name: 'Approve' }).click()
    await expectOfficial([...both, mia], '$260,000')
    const about = { tab: 'Replaced or decided', label: 'Amount', title: record.title }
    await findInInbox(ana.page, about)
    await findInInbox(ben.page, about)
  })
})
