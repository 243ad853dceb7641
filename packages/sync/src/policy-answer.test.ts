import { defaultPolicySettings, defaultPolicyTable, policyFor, policyTable } from '@fulqrun/rules'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { policyAnswerOf, readPolicyAnswer } from './policy-answer.ts'
import { makeDevice, type TestDevice, turns, until } from './test-device.ts'

const changed = {
  version: 7,
  settings: {
    overrides: [{ kind: 'contact', path: 'fields.phone', strategy: 'user-choice' }],
    approvals: { managerMaxAmount: 1_000, managerMaxDiscount: 5 },
  },
} as const

describe('an answer about rules', () => {
  it('[WSP-15] is read into the table that the server goes by', () => {
    const table = readPolicyAnswer(changed)
    expect(table).toEqual(policyTable(7, changed.settings))
    expect(readPolicyAnswer(structuredClone(table && policyAnswerOf(table)))).toEqual(table)
    expect(policyFor('contact', 'fields.phone', table)?.strategy).toBe('user-choice')
  })

  it('[WSP-15] leaves out what this app does not know, and never unpins a field', () => {
    const overrides = [
      { kind: 'secret', path: 'fields.phone', strategy: 'user-choice' },
      { kind: 'contact', path: 'fields.phone', strategy: 'coin-toss' },
      { kind: 'contact', path: 'fields.later', strategy: 'user-choice' },
      { kind: 'opportunity', path: 'financials.amount', strategy: 'client-wins' },
      { kind: 'contact', path: 7, strategy: 'user-choice' },
      null,
    ]
    const table = readPolicyAnswer({ version: 2, settings: { ...changed.settings, overrides } })
    expect(table?.overridden.size).toBe(0)
    expect(policyFor('opportunity', 'financials.amount', table)?.strategy).toBe('server-wins')
  })

  it('[WSP-15] is none when it is anything else', () => {
    const { settings } = changed
    for (const strange of [
      undefined,
      null,
      [],
      'page of a captive portal',
      { version: 1 },
      { version: '1', settings },
      { version: 1.5, settings },
      { version: 1, settings: { approvals: settings.approvals } },
      { version: 1, settings: { overrides: [], approvals: { managerMaxAmount: -5, managerMaxDiscount: 5 } } },
      {
        version: 1,
        settings: { overrides: [], approvals: { managerMaxAmount: '5', managerMaxDiscount: 5 } },
      },
    ])
      expect(readPolicyAnswer(strange)).toBeUndefined()
  })
})

describe('the rules of a workspace', () => {
  let device: TestDevice
  beforeEach(() => {
    device = makeDevice()
  })
  afterEach(() => device.closeAll())

  it('[WSP-15] are those of the product until the first answer', async () => {
    device.api.isReachable = false
    const tab = await device.openTab()
    expect(tab.policy.get()).toBe(defaultPolicyTable)
  })

  it('[WSP-15] come when the session goes live, and when somebody looks', async () => {
    device.api.policy = changed
    const tab = await device.openTab()
    await until(() => tab.policy.get().version === 7)
    device.api.policy = { version: 8, settings: defaultPolicySettings }
    device.signal('visible')
    await until(() => tab.policy.get().version === 8)
    expect(policyFor('contact', 'fields.phone', tab.policy.get())?.strategy).toBe('client-wins')
  })

  it('[WSP-15] are there at the next start without a network', async () => {
    device.api.policy = changed
    const before = await device.openTab()
    await until(() => before.policy.get().version === 7)
    await before.close()
    device.api.isReachable = false
    const tab = await device.openTab()
    expect(tab.policy.get()).toEqual(policyTable(7, changed.settings))
  })

  it('[WSP-15] stay as they are when the answer is the same or strange', async () => {
    device.api.policy = changed
    const tab = await device.openTab()
    await until(() => tab.policy.get().version === 7)
    const table = tab.policy.get()
    await tab.refreshPolicy()
    device.api.policy = { error: 'a page' }
    await tab.refreshPolicy()
    await turns()
    expect(tab.policy.get()).toBe(table)
  })
})
