/**
 * Who had seen what: the judge of admission's judgement about concurrency, and built on nothing of it.
 *
 * A plain multi-value register per path. An edit carries the edits of its path that its author's device had *shown*
 * until then: its own, and those whose value stood in the device's copy at some moment after they had arrived. At the
 * server some edit of the path stands (or several, when people wrote the same value apart). An edit that arrives is
 * sequential when its author had been shown one of those, and concurrent otherwise. What arrived on a device but was
 * hidden there by the person's own pending edit was not seen: the screen never had it.
 *
 * The server may write a value again to keep it in place. That is nobody's edit: whose value it is still stands.
 */
export interface TrackedEdit {
  /** Rises with every edit of a history; 0 stands for what was there before the first. */
  readonly id: number
  /** Index of the device. */
  readonly device: number
  readonly path: string
  /** Plain JSON; undefined for a removal. */
  readonly value: unknown
  /** Edits of the path that the device had shown, this one not among them. */
  readonly seen: ReadonlySet<number>
  /**
   * Edits of which the document cannot tell whether they were seen: those that arrived while the device showed the same
   * value of its own, its own from before a restart, and clearings that arrived behind a value of its own. A clearing leaves nothing that could be
   * built upon, only its time stamp, and the stamp of the next edit follows it either way.
   */
  readonly maybeSeen: ReadonlySet<number>
  /** Who made it, and the device's clock (ms) at it. */
  readonly author: string
  readonly at: number
  /** Made by deciding about a conflict. */
  readonly decides?: boolean | undefined
}

/** Time of an edit as the server takes it: the device's, but never later than the receipt (ms). */
export interface Standing {
  readonly edit: TrackedEdit
  readonly boundedAt: number
  /** It wrote what stood already, so its time may count or not. */
  readonly isRepeat: boolean
}

/** What the oracle says of the edits of one path that arrived together. */
export interface OracleVerdict {
  readonly path: string
  /** The last of them: it is what its author wants. */
  readonly edit: TrackedEdit
  readonly concurrent: boolean
  /**
   * Several edits stand, because people wrote the same value apart, and the author had seen some of them and not the
   * others, or what stands arrived behind the same value of their own; or the device was started again between the
   * edits, so that nothing in them says which came last. Either answer is right.
   */
  readonly isOpenQuestion: boolean
  /** The values of all of them. */
  readonly arrived: readonly unknown[]
  /** Whether a decision is among them. */
  readonly decides: boolean
  /** Whether its value is another one than that which stood. */
  readonly differs: boolean
  readonly valueBefore: unknown
  readonly valueAfter: unknown
  /** Edits whose value stood before; empty when it is what was there before the first edit. */
  readonly stood: readonly Standing[]
  readonly boundedAt: number
}

export function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

interface PathState {
  readonly base: unknown
  readonly edits: TrackedEdit[]
  /** Ids of the edits whose value stands at the server. */
  standing: ReadonlySet<number>
  value: unknown
  /** Per device. */
  readonly shown: Map<number, Set<number>>
  readonly maybeShown: Map<number, Set<number>>
}

const beforeAll: ReadonlySet<number> = new Set([0])

export class Oracle {
  readonly #paths = new Map<string, PathState>()
  readonly #admittedAt = new Map<number, number>()
  readonly #boundedAt = new Map<number, number>()
  /** How often the app was started again, by device. */
  readonly #runs = new Map<number, number>()
  readonly #runOf = new Map<number, number>()
  readonly #repeats = new Set<number>()
  #nextId = 1

  /** Starts to watch a path, before anybody has edited it. */
  watch(path: string, base: unknown): void {
    const state: PathState = {
      base,
      edits: [],
      standing: beforeAll,
      value: base,
      shown: new Map(),
      maybeShown: new Map(),
    }
    this.#paths.set(path, state)
  }

  get paths(): IterableIterator<string> {
    return this.#paths.keys()
  }

  get edits(): readonly TrackedEdit[] {
    return [...this.#paths.values()].flatMap(({ edits }) => edits)
  }

  /** The id that the next edit gets. */
  get nextId(): number {
    return this.#nextId
  }

  /** A device is about to write something that is not watched; answers its id. */
  note(): number {
    return this.#nextId++
  }

  /**
   * A device is about to write.
   *
   * @param upTo how many admissions of the server the device has received
   */
  write(edit: Omit<TrackedEdit, 'id' | 'seen' | 'maybeSeen'>, upTo: number): TrackedEdit {
    const { device } = edit
    const state = this.#stateOf(edit.path)
    const shown = shownOn(state.shown, device)
    const run = this.#runs.get(device) ?? 0
    // Somebody else's value may have hidden them since, and the new client id does not tell whose they are.
    const ofEarlierRuns = state.edits.filter(
      ({ id, device: by }) => by === device && this.#runOf.get(id) !== run && !this.isKnown(id, upTo),
    )
    const cleared = state.edits.filter(({ id, value }) => value === undefined && this.isKnown(id, upTo))
    const open = [...ofEarlierRuns, ...cleared].map(({ id }) => id)
    const maybeSeen = new Set([...(state.maybeShown.get(device) ?? []), ...open])
    const seen = new Set(shown)
    for (const { id } of ofEarlierRuns) seen.delete(id)
    const tracked: TrackedEdit = { ...edit, id: this.#nextId++, seen, maybeSeen }
    state.edits.push(tracked)
    this.#runOf.set(tracked.id, run)
    shown.add(tracked.id)
    return tracked
  }

  /**
   * A device shows a value at a path.
   *
   * @param upTo how many admissions of the server the device has received
   */
  show(device: number, path: string, value: unknown, upTo: number): void {
    const state = this.#stateOf(path)
    const matching = state.edits.filter((edit) => sameJson(edit.value, value))
    const isHiding = matching.some(({ id, device: by }) => by === device && !this.isKnown(id, upTo))
    const shown = shownOn(state.shown, device)
    for (const edit of matching) {
      if (edit.device === device) shown.add(edit.id)
      else if (this.isKnown(edit.id, upTo))
        (isHiding && !shown.has(edit.id) ? shownOn(state.maybeShown, device) : shown).add(edit.id)
    }
  }

  /** The app on a device was started again, under a new client id. */
  restart(device: number): void {
    this.#runs.set(device, (this.#runs.get(device) ?? 0) + 1)
  }

  /** What a device has shown of each watched field of an entry, open questions included. */
  shownBelow(entry: string, device: number): ReadonlyMap<string, ReadonlySet<number>> {
    return this.#below(entry, ({ shown, maybeShown }) => {
      return new Set([...(shown.get(device) ?? beforeAll), ...(maybeShown.get(device) ?? [])])
    })
  }

  /** Which edits stand in each watched field of an entry. */
  standingBelow(entry: string): ReadonlyMap<string, ReadonlySet<number>> {
    return this.#below(entry, ({ standing }) => standing)
  }

  #below(
    entry: string,
    idsOf: (state: PathState) => ReadonlySet<number>,
  ): ReadonlyMap<string, ReadonlySet<number>> {
    const fields = [...this.#paths].filter(([path]) => path.startsWith(`${entry}.`))
    return new Map(fields.map(([path, state]) => [path, idsOf(state)]))
  }

  /** Number of the admission that brought an edit. */
  admissionOf(id: number): number | undefined {
    return this.#admittedAt.get(id)
  }

  /** The server itself has put another value in place. */
  rebase(path: string, value: unknown): void {
    this.#stateOf(path).value = value
  }

  /** Whether a device that has received so many admissions has the one that brought this edit. */
  isKnown(id: number, upTo: number): boolean {
    return (this.#admittedAt.get(id) ?? Infinity) <= upTo
  }

  /**
   * Edits arrived at the server together.
   *
   * @param admission its number, and the server clock
   * @param valueAt what the server's document holds now
   */
  admit(
    ids: readonly number[],
    admission: { readonly number: number; readonly receivedAt: number },
    valueAt: (path: string) => unknown,
  ): readonly OracleVerdict[] {
    const fresh = ids.filter((id) => !this.#admittedAt.has(id))
    for (const id of fresh) this.#admittedAt.set(id, admission.number)
    const verdicts: OracleVerdict[] = []
    for (const [path, state] of this.#paths) {
      const arrived = state.edits.filter(({ id }) => fresh.includes(id))
      const edit = arrived.at(-1)
      if (edit === undefined) continue
      const decides = arrived.some((each) => each.decides === true)
      const unseen = [...state.standing].filter((id) => !edit.seen.has(id)).length
      const concurrent = unseen === state.standing.size
      const isHalfSeen = unseen > 0 && unseen < state.standing.size
      const isMaybeSeen = concurrent && [...state.standing].some((id) => edit.maybeSeen.has(id))
      const runs = new Set(arrived.map(({ id }) => this.#runOf.get(id)))
      const isOpenQuestion = isHalfSeen || isMaybeSeen || (concurrent && runs.size > 1)
      const differs = !sameJson(edit.value, state.value)
      const valueAfter = valueAt(path)
      if (!differs && !concurrent) this.#repeats.add(edit.id)
      const boundedAt = Math.min(edit.at, admission.receivedAt)
      this.#boundedAt.set(edit.id, boundedAt)
      const stood = state.edits
        .filter(({ id }) => state.standing.has(id))
        .map((each): Standing => ({
          edit: each,
          boundedAt: this.#boundedAt.get(each.id) ?? each.at,
          isRepeat: this.#repeats.has(each.id),
        }))
      const valueBefore = state.value
      verdicts.push({
        path,
        edit,
        concurrent,
        isOpenQuestion,
        arrived: arrived.map((each) => each.value),
        decides,
        differs,
        valueBefore,
        valueAfter,
        stood,
        boundedAt,
      })
      // Where it is open which one came last, an earlier one may have come to stand.
      const standing = arrived.findLast(({ value }) => sameJson(value, valueAfter))
      if (sameJson(valueAfter, edit.value)) {
        state.standing = new Set(unseen > 0 && !differs ? [...state.standing, edit.id] : [edit.id])
        state.value = valueAfter
      } else if (standing !== undefined && !sameJson(valueAfter, valueBefore)) {
        state.standing = new Set([standing.id])
        state.value = valueAfter
      }
    }
    return verdicts
  }

  /** The value that the oracle expects at the server: the one of the edit that stands. */
  valueOf(path: string): unknown {
    return this.#stateOf(path).value
  }

  #stateOf(path: string): PathState {
    const state = this.#paths.get(path)
    if (state === undefined) throw new RangeError(`${path} is not watched`)
    return state
  }
}

function shownOn(shown: Map<number, Set<number>>, device: number): Set<number> {
  let ids = shown.get(device)
  if (ids === undefined) shown.set(device, (ids = new Set(beforeAll)))
  return ids
}
