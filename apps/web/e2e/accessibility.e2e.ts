import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { listRecords } from './support/demo-record.ts'
import { settle } from './support/screens.ts'
import { adminScreens, placesOf, type Screen, screens } from './support/screen-list.ts'
import { journeys } from './support/stage.ts'
import { desktop, phone, type Visitor } from './support/visitor.ts'

/** Without motion: what is looked at is the screen when it stands, and nobody waits for two hundred fades. */
const still = { colorScheme: 'light', reducedMotion: 'reduce' } as const

const looks = { desktop: { ...desktop, ...still }, phone: { ...phone, ...still } }

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** The app has no frames, so axe works in the page; it would open another page for each look otherwise. */
function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
}

async function violationsFoundBy(axe: AxeBuilder): Promise<readonly string[]> {
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
  )
}

/** Turns the lights on or off, on the page as it stands. */
async function turn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.locator(`html[data-theme=${colorScheme}]`).waitFor()
  await settle(page)
}

/** All rules in the light; in the dark only the colours are others. */
async function violations(page: Page): Promise<readonly string[]> {
  await settle(page)
  const inTheLight = await violationsFoundBy(axeOn(page).withTags(rules))
  await turn(page, 'dark')
  const inTheDark = await violationsFoundBy(axeOn(page).withRules(['color-contrast']))
  await turn(page, 'light')
  return [...inTheLight, ...inTheDark.map((words) => `dark: ${words}`)]
}

/** What is wrong, by the screen that it is wrong on. */
async function violationsOn(
  visitor: Visitor,
  list: readonly Screen[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {}
  for (const screen of list) {
    await visitor.goTo(screen.address)
    await screen.ready(visitor.page)
    const onScreen = await violations(visitor.page)
    if (onScreen.length > 0) found[screen.name] = onScreen
  }
  return found
}

/** A desktop of 1,280 by 1,024 px, enlarged to 400 %. */
const enlarged = { viewport: { width: 320, height: 256 } }

/** One of each kind of layout: the others are made of the same parts. */
const layouts: ReadonlySet<string> = new Set([
  'pipeline',
  'overview',
  'meddpicc',
  'history',
  'contact',
  'consent',
  'kpis',
  'sync-centre',
  'inbox-card',
  'decision-card',
  'devices',
  'settings',
])

/** Pixels by which screens are wider than the window, by their names. */
async function widerThanWindow(
  visitor: Visitor,
  list: readonly Screen[],
): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {}
  for (const screen of list) {
    await visitor.goTo(screen.address)
    await screen.ready(visitor.page)
    const over = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (over > 0) found[screen.name] = over
  }
  return found
}

/** Twenty-six screens in two colour schemes are more than one journey. */
const timeout = 300_000

journeys('accessibility', (stage) => {
  for (const [look, options] of Object.entries(looks)) {
    test(`no screen has a violation (${look}, light and dark)`, { timeout }, async () => {
      const places = placesOf(await listRecords(await stage.api('ana')))
      const visitor = await stage.arrive(options)
      expect(await violations(visitor.page), 'sign in').toEqual([])
      await visitor.signIn('ana')
      expect(await violationsOn(visitor, screens(places))).toEqual({})
    })

    test(`no screen of an administrator has a violation (${look}, light and dark)`, { timeout }, async () => {
      const adam = await stage.enter('adam', options)
      expect(await violationsOn(adam, adminScreens())).toEqual({})
    })
  }

  test('at 400 % everything is read without scrolling sideways', { timeout }, async () => {
    const places = placesOf(await listRecords(await stage.api('ana')))
    const ana = await stage.enter('ana', enlarged)
    const list = screens(places).filter(({ name }) => layouts.has(name))
    expect(list).toHaveLength(layouts.size)
    expect(await widerThanWindow(ana, list)).toEqual({})
  })
})
