import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { DemoRecord } from './demo-record.ts'
import { outage } from './problems.ts'
import { upToDate, waitForChip, waiting } from './screens.ts'
import type { Stage } from './stage.ts'
import type { Visitor } from './visitor.ts'

/** For what has to go over the network and back, on a slow machine. */
export const patience = { timeout: 30_000, interval: 50 }

/** By how much the devices' idea of the time may be off. */
const clockErrorMs = 1_500

/**
 * Which edit is the later one is told by clocks that are set by the server's answers (RES-2), and so they are wrong by as
 * long as an answer takes on a busy machine. Resolves when they can tell.
 */
async function clocksMoveOn(): Promise<void> {
  const from = performance.now()
  await expect.poll(() => performance.now() - from, patience).toBeGreaterThan(clockErrorMs)
}

/** Ana and Ben on one record, and what they do without seeing each other. */
export interface Pair {
  readonly ana: Visitor
  readonly ben: Visitor
  readonly both: readonly [Visitor, Visitor]
  /** Ana loses her network and edits; then Ben, who has one, edits; what he wrote is at the server before hers. */
  apart(edits: Edits): Promise<void>
  /** Ana's network is back, and everything of both is sent. */
  reunite(): Promise<void>
}

export interface Edits {
  readonly offline: (page: Page) => Promise<void>
  readonly online: (page: Page) => Promise<void>
  /** Ben edits before Ana does, so that hers is the later one. */
  readonly onlineFirst?: boolean
}

/** Both open the same screen and see each other there. */
export async function enterPair(stage: Stage, record: DemoRecord, tab?: string): Promise<Pair> {
  const [ana, ben] = await Promise.all([stage.meet('ana'), stage.meet('ben')])
  ana.problems.allow(outage)
  const address = tab === undefined ? record.address : `${record.address}?tab=${tab}`
  await Promise.all([ana.goTo(address), ben.goTo(address)])
  await Promise.all(
    [ana, ben].map(({ page }) => page.getByRole('button', { name: /^Also here: / }).waitFor()),
  )
  const online = async (edit: Edits['online']) => {
    await edit(ben.page)
    await waitForChip(ben.page, upToDate)
  }
  return {
    ana,
    ben,
    both: [ana, ben],
    async apart({ offline, online: edit, onlineFirst = false }) {
      await ana.context.setOffline(true)
      const away = async () => {
        await offline(ana.page)
        await waitForChip(ana.page, waiting)
      }
      const here = () => online(edit)
      await (onlineFirst ? here : away)()
      await clocksMoveOn()
      await (onlineFirst ? away : here)()
    },
    async reunite() {
      await ana.context.setOffline(false)
      await Promise.all([ana, ben].map(({ page }) => waitForChip(page, upToDate)))
    },
  }
}

/** The question about a field that people changed apart from each other: the line under it that leads to the card. */
export function question(page: Page, label: string): Locator {
  return page.getByRole('button', { name: new RegExp(`^${label}: .*Decide$`) })
}

/** Opens the decision card of a field from the record. */
export async function openCard(page: Page, label: string): Promise<Locator> {
  await question(page, label).click()
  const card = page.getByRole('article', { name: `Decision about ${label}`, exact: true })
  await card.waitFor()
  return card
}

/** The line of the inbox about a field of a record. */
export function inboxLine(page: Page, label: string, title: string): Locator {
  return page.getByRole('main').getByRole('listitem').filter({ hasText: label }).filter({ hasText: title })
}

/** Goes to the inbox as people do, which keeps the device as it is, and waits for a line. */
export async function findInInbox(
  page: Page,
  { tab, label, title }: { readonly tab: string; readonly label: string; readonly title: string },
): Promise<Locator> {
  await page
    .getByRole('link', { name: /^Inbox/ })
    .first()
    .click()
  await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
  const line = inboxLine(page, label, title)
  await line.waitFor()
  return line
}

/** A field as people find it: by its label. Dates are no textboxes to a browser. */
export function labelled(page: Page, label: string): Locator {
  return page.getByLabel(label, { exact: true })
}

export async function fillField(page: Page, label: string, value: string): Promise<void> {
  await labelled(page, label).fill(value)
  await labelled(page, label).press('Enter')
}

/** Waits until a field has the same value on all screens. */
export async function expectField(people: readonly Visitor[], label: string, value: string): Promise<void> {
  const read = () => Promise.all(people.map(({ page }) => labelled(page, label).inputValue()))
  await expect.poll(read, patience).toEqual(people.map(() => value))
}
