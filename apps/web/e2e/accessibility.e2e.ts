import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { listRecords } from './support/demo-record.ts'
import { settle } from './support/screens.ts'
import { adminScreens, placesOf, type Screen, screens } from './support/screen-list.ts'
import { journeys } from './support/stage.ts'
import { phone, type Visitor } from './support/visitor.ts'

const looks: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { ...phone, colorScheme: 'light' },
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(rules)
    .analyze()
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
  )
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
    await settle(visitor.page)
    const onScreen = await violations(visitor.page)
    if (onScreen.length > 0) found[screen.name] = onScreen
  }
  return found
}

journeys('accessibility', (stage) => {
  for (const [look, options] of Object.entries(looks)) {
    test(`no screen has a violation (${look})`, async () => {
      const places = placesOf(await listRecords(await stage.api('ana')))
      const visitor = await stage.arrive(options)
      expect(await violations(visitor.page), 'sign in').toEqual([])
      await visitor.signIn('ana')
      expect(await violationsOn(visitor, screens(places))).toEqual({})
    })

    test(`no screen of an administrator has a violation (${look})`, async () => {
      const adam = await stage.enter('adam', options)
      expect(await violationsOn(adam, adminScreens())).toEqual({})
    })
  }
})
