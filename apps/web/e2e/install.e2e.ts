import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { launchProfile } from './support/chromium.ts'
import { outage } from './support/problems.ts'
import {
  field,
  openField,
  readNotes,
  setField,
  typeNotes,
  upToDate,
  waitForChip,
  waiting,
} from './support/screens.ts'
import { journeys } from './support/stage.ts'
import { receive, type Visitor } from './support/visitor.ts'

/** Makes `indexedDB.open` fail in the way that browsers do when storage is blocked, or never answer (SYNC E14f). */
const brokenStorage = {
  'never answers': () => {
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest
  },
  refuses: () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission to access the database.', 'SecurityError')
    }
  },
} as const

/** How much longer the app may take to become usable when the device's storage does not work. */
const usableMs = 3_000

/** How long this machine takes to show the next step of a record, in ms. */
async function timeStart({ goTo, page }: Visitor, address: string): Promise<number> {
  const started = performance.now()
  await goTo(address)
  await openField(page, 'Next step')
  return performance.now() - started
}

journeys('the app on the device', (stage) => {
  test('it can be installed, and after one visit it starts cold without a network', async () => {
    const record = await stage.takeOpportunity()
    const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-profile-'))
    const server = stage.server
    try {
      const first = await launchProfile(folder)
      const ana = await receive(first, server)
      await ana.signIn('ana')
      await ana.goTo(`${record.address}?tab=notes`)
      await typeNotes(ana.page, 'end', ' Ana, online.')
      await waitForChip(ana.page, upToDate)
      const devtools = await first.newCDPSession(ana.page)
      const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
      expect(installabilityErrors).toEqual([])
      expect(ana.problems.found).toEqual([])

      await first.setOffline(true)
      const second = await first.newPage()
      await second.goto(`${server.url}/pipeline`)
      await second.getByRole('link', { name: record.title }).first().waitFor()
      await first.close()

      await server.kill()
      const again = await launchProfile(folder)
      const cold = await receive(again, server, { allow: outage })
      await cold.page.getByRole('link', { name: record.title }).first().click()
      await openField(cold.page, 'Next step')
      await setField(cold.page, 'Next step', 'Edited after a cold start')
      await cold.goTo(`${record.address}?tab=notes`)
      expect(await readNotes(cold.page)).toContain(' Ana, online.')
      await typeNotes(cold.page, 'end', ' Ana, after a cold start.')
      await waitForChip(cold.page, waiting)

      await server.restart()
      await waitForChip(cold.page, upToDate)
      expect(cold.problems.found).toEqual([])
      await again.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  for (const [how, stub] of Object.entries(brokenStorage)) {
    test(`(SYNC 19) storage that ${how} leaves the app usable within 3 s more, and it says so`, async () => {
      const record = await stage.takeOpportunity()
      // What a start costs with storage that works is this machine's share.
      const healthyMs = await timeStart(await stage.enter('ben'), record.address)
      const ana = await stage.arrive()
      await ana.context.addInitScript(stub)
      await ana.page.reload()
      await ana.page.getByRole('button', { name: 'Ana Castillo' }).click()
      await ana.page
        .getByText(/does not let us save on this device/)
        .first()
        .waitFor()

      // From the second start on, the device knows who works here.
      const brokenMs = await timeStart(ana, record.address)
      process.stdout.write(
        `storage that ${how}: usable after ${Math.round(brokenMs)} ms, else ${Math.round(healthyMs)} ms\n`,
      )
      expect(brokenMs - healthyMs).toBeLessThan(usableMs)
      await ana.page
        .getByText(/does not let us save on this device/)
        .first()
        .waitFor()
      const nextStep = field(ana.page, 'Next step')
      await nextStep.fill('Kept in this tab')
      await nextStep.press('Tab')
      await waitForChip(ana.page, upToDate)
      const history = await (
        await stage.api('ben')
      ).api('GET', `/api/documents/${record.name}/history?limit=1`)
      expect(await history.text()).toContain('Kept in this tab')
    })
  }
})
