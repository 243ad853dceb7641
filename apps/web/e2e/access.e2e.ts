import { expect, test } from 'vitest'
import { demoPassword } from '../../server/src/accounts/seed-accounts.ts'
import { field, notes, openField, openTab, setField, upToDate, waitForChip } from './support/screens.ts'
import { journeys } from './support/stage.ts'

journeys('access', (stage) => {
  test('an ended session says so at once, keeps the work readable, and sends it after signing in', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    // The device asks for a token and is told that nobody is signed in.
    ana.problems.allow(/status of 401/)
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    const ended = ana.page.getByText(/^You are signed out\. Sign in/).first()

    const admin = await stage.api('adam')
    const started = performance.now()
    const answer = await admin.api('POST', '/api/admin/people/ana/end-sessions', { body: {} })
    expect(answer.status).toBe(200)
    await ended.waitFor()
    process.stdout.write(`an ended session shows after ${Math.round(performance.now() - started)} ms\n`)

    await setField(ana.page, 'Next step', 'Written after the session had ended')
    await ana.page
      .getByText(/^Sign in to send 1 change/)
      .first()
      .waitFor()
    await ana.page.reload()
    await expect
      .poll(async () => (await openField(ana.page, 'Next step')).inputValue())
      .toBe('Written after the session had ended')

    await ana.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    const dialog = ana.page.getByRole('dialog', { name: 'Sign in again' })
    await dialog.getByLabel('Password').fill(demoPassword)
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await waitForChip(ana.page, upToDate)
    const history = await (await stage.api('ben')).api('GET', `/api/documents/${record.name}/history?limit=5`)
    expect(await history.text()).toContain('Written after the session had ended')
  })

  test('compliance reads everything and changes nothing', async () => {
    const record = await stage.takeOpportunity()
    const cora = await stage.enter('cora')
    await cora.goTo('/pipeline')
    await cora.page.getByRole('link', { name: record.title }).first().waitFor()
    expect(await cora.page.getByRole('button', { name: 'New opportunity' }).count()).toBe(0)

    await cora.goTo(record.address)
    const nextStep = await openField(cora.page, 'Next step')
    expect(await nextStep.isEditable()).toBe(false)
    expect(
      await cora.page
        .getByRole('button', { name: /^Move to / })
        .first()
        .isDisabled(),
    ).toBe(true)
    await openTab(cora.page, 'Notes')
    await cora.page.getByText('You can read these notes, not change them.').waitFor()
    expect(await notes(cora.page).getAttribute('contenteditable')).toBe('false')
    await openTab(cora.page, 'Financials')
    await cora.page.getByRole('heading', { name: 'Official values' }).waitFor()
    expect(await cora.page.getByRole('button', { name: /^Propose/ }).count()).toBe(0)
  })

  test('a rival sees nothing: not in lists, not at the address of a record, not on the wire', async () => {
    const record = await stage.takeOpportunity()
    const ben = await stage.enter('ben')
    await ben.goTo(record.address)
    const eve = await stage.arrive()
    const received: string[] = []
    eve.page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        received.push(payload.toString())
      })
    })
    eve.page.on('response', (response) => {
      // Answers without a body and those that a navigation cut off have nothing to read.
      response.text().then(
        (text) => received.push(text),
        () => undefined,
      )
    })
    await eve.page.getByRole('button', { name: 'Eve Marchetti' }).click()
    await waitForChip(eve.page, upToDate)
    const secrets = [record.title, await field(ben.page, 'Account').inputValue()]
    for (const address of ['/pipeline', '/contacts', record.address]) {
      await eve.goTo(address)
      await waitForChip(eve.page, upToDate)
      const content = await eve.page.content()
      for (const secret of secrets) expect(content).not.toContain(secret)
    }
    await eve.page.getByText(/There is nothing at this address|You have no access to this record/).waitFor()
    for (const secret of secrets) expect(received.filter((text) => text.includes(secret))).toEqual([])
    // The listening itself works: the own organization's name came by.
    expect(received.some((text) => text.includes('Rival Pharma'))).toBe(true)
  })
})
