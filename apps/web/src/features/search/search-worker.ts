/** The search worker: indexing and looking up never make a screen wait. See `search-engine.ts`. */
import { SearchDatabase } from './search-database.ts'
import { SearchEngine } from './search-engine.ts'
import type { ToSearch } from './search-messages.ts'

// One turn of the event loop without the four milliseconds that nested timers take.
const turn = new MessageChannel()
let goOn: (() => void) | undefined
turn.port1.onmessage = () => goOn?.()

const engine = new SearchEngine({
  openStorage: (name) => new SearchDatabase(name),
  send: (message) => postMessage(message),
  pause: () =>
    new Promise((resolve) => {
      goOn = resolve
      turn.port2.postMessage(undefined)
    }),
  startTimer: (ms, fire) => {
    setTimeout(fire, ms)
  },
  now: () => performance.now(),
})

addEventListener('message', (event: MessageEvent<ToSearch>) => {
  engine.receive(event.data)
})
