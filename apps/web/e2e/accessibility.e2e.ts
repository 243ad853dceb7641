import { AxeBuilder } from '@axe-core/playwright'
import type { CataloguePage } from '@fulqrun/protocol'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { settle } from './support/screens.ts'
import { screens, type Places } from './support/screen-list.ts'
import { journeys, recordOf } from './support/stage.ts'

const looks: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(rules).analyze()
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
  )
}

journeys('accessibility', (stage) => {
  for (const [look, options] of Object.entries(looks)) {
    test(`no screen has a violation (${look})`, async () => {
      const { entries } = await (await stage.api('ana')).get<CataloguePage>('/api/catalogue')
      const contact = entries.find(({ kind }) => kind === 'contact')
      const record = await stage.takeOpportunity()
      const places: Places = {
        opportunity: record.address,
        contact: `/contacts/${contact === undefined ? '' : recordOf(contact).id}`,
      }
      const visitor = await stage.arrive(options)
      expect(await violations(visitor.page), 'sign in').toEqual([])
      await visitor.signIn('ana')
      for (const screen of screens(places)) {
        await visitor.goTo(screen.address)
        await screen.ready(visitor.page)
        await settle(visitor.page)
        expect.soft(await violations(visitor.page), screen.name).toEqual([])
      }
    })
  }
})
