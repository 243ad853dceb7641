import { describe, expect, test } from 'vitest'
import { type MissingChunkPorts, reloadOnce } from './missing-chunks.ts'

function setUp(ports: Partial<MissingChunkPorts> = {}) {
  const values = new Map<string, string>()
  let reloads = 0
  const all: MissingChunkPorts = {
    storage: {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => {
        values.set(key, value)
      },
    },
    now: () => 1_000_000,
    isOnline: () => true,
    isServerThere: () => Promise.resolve(true),
    isBusy: () => false,
    reload: () => {
      reloads += 1
    },
    ...ports,
  }
  return { ports: all, reloads: () => reloads }
}

describe('a screen that cannot be loaded', () => {
  test('[UPD-4] the page is loaded anew once, and not again and again', async () => {
    const { ports, reloads } = setUp()
    expect(await reloadOnce(ports)).toBe(true)
    expect(await reloadOnce(ports)).toBe(false)
    expect(reloads()).toBe(1)
    expect(await reloadOnce({ ...ports, now: () => 1_000_000 + 5 * 60_000 })).toBe(true)
  })

  test.each<[string, Partial<MissingChunkPorts>]>([
    ['the device is offline', { isOnline: () => false }],
    ['our server does not answer', { isServerThere: () => Promise.resolve(false) }],
    ['somebody types', { isBusy: () => true }],
  ])('[UPD-4] never while %s', async (_, circumstances) => {
    const { ports, reloads } = setUp(circumstances)
    expect(await reloadOnce(ports)).toBe(false)
    expect(reloads()).toBe(0)
  })

  test('[UPD-4] somebody who begins to type while the server is asked is not interrupted', async () => {
    let isTyping = false
    const { ports, reloads } = setUp({
      isBusy: () => isTyping,
      isServerThere: () => {
        isTyping = true
        return Promise.resolve(true)
      },
    })
    expect(await reloadOnce(ports)).toBe(false)
    expect(reloads()).toBe(0)
  })
})
