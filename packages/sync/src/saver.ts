/** The bandwidth saver: on when the browser says that bytes are dear, unless the person has chosen. */
import type { ConnectionPort } from './ports.ts'
import { createStore, type Store } from './store.ts'

export type SaverMode = 'normal' | 'saver'
export type SaverChoice = 'auto' | SaverMode

export function isSaverChoice(value: unknown): value is SaverChoice {
  return value === 'auto' || value === 'normal' || value === 'saver'
}

export class Saver {
  readonly mode: Store<SaverMode>
  readonly choice: Store<SaverChoice>
  readonly #connection: ConnectionPort | undefined
  readonly #store = createStore<SaverMode>('normal')
  readonly #choice = createStore<SaverChoice>('auto')
  readonly #stop: () => void

  constructor(connection: ConnectionPort | undefined) {
    this.#connection = connection
    this.mode = this.#store
    this.choice = this.#choice
    this.#stop = connection?.watch(() => this.#decide()) ?? (() => undefined)
    this.#decide()
  }

  choose(choice: SaverChoice): void {
    this.#choice.set(choice)
    this.#decide()
  }

  close(): void {
    this.#stop()
  }

  #decide(): void {
    const choice = this.#choice.get()
    if (choice !== 'auto') this.#store.set(choice)
    else this.#store.set(this.#connection?.isSlow() === true ? 'saver' : 'normal')
  }
}
