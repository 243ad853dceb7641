import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { listRecords } from './support/demo-record.ts'
import { settle } from './support/screens.ts'
import { adminScreens, placesOf, type Screen, screens } from './support/screen-list.ts'
import { journeys } from './support/stage.ts'
import { desktop, phone, type Visitor } from './support/visitor.ts'

const looks = { desktop, phone }

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

/** Twenty-six screens in two colour schemes are more than one journey. */
const timeout = 300_000

journeys('accessibility', (stage) => {
  for (const [look, options] of Object.entries(looks)) {
    test(`no screen has a violation (${look}, light and dark)`, { timeout }, async () => {
      const places = placesOf(await listRecords(await stage.api('ana')))
      const visitor = await stage.arrive({ ...options, colorScheme: 'light' })
      expect(await violations(visitor.page), 'sign in').toEqual([])
      await visitor.signIn('ana')
      expect(await violationsOn(visitor, screens(places))).toEqual({})
    })

    test(`no screen of an administrator has a violation (${look}, light and dark)`, { timeout }, async () => {
      const adam = await stage.enter('adam', { ...options, colorScheme: 'light' })
      expect(await violationsOn(adam, adminScreens())).toEqual({})
    })
  }
})
