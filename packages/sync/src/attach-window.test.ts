import { describe, expect, it } from 'vitest'
import { createAttachWindow } from './attach-window.ts'

describe('attach window', () => {
  it('[ATT-1] starts no more than its size at a time, in order', () => {
    const begun: number[] = []
    const window = createAttachWindow<number>((item) => begun.push(item), 2)
    for (const item of [1, 2, 3, 4]) window.add(item)
    expect(begun).toEqual([1, 2])
    window.done(2)
    expect(begun).toEqual([1, 2, 3])
    window.done(1)
    window.done(3)
    expect(begun).toEqual([1, 2, 3, 4])
    expect(window.isIdle).toBe(false)
    window.done(4)
    expect(window.isIdle).toBe(true)
  })

  it('[ATT-1] takes each item once, and one that left never starts', () => {
    const begun: number[] = []
    const window = createAttachWindow<number>((item) => begun.push(item), 1)
    window.add(1)
    window.add(2)
    window.add(2)
    window.done(2)
    window.done(1)
    expect(begun).toEqual([1])
    expect(window.isIdle).toBe(true)
  })

  it('[ATT-1] items that end at once do not overflow the stack', () => {
    let begun = 0
    const window = createAttachWindow<number>((item) => {
      begun += 1
      window.done(item)
    }, 50)
    for (let item = 0; item < 5000; item++) window.add(item)
    expect(begun).toBe(5000)
  })

  it('[ATT-2] after the socket is gone everything starts over', () => {
    const begun: number[] = []
    const window = createAttachWindow<number>((item) => begun.push(item), 1)
    window.add(1)
    window.add(2)
    window.clear()
    window.add(2)
    expect(begun).toEqual([1, 2])
  })
})
