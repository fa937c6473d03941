/** Checkpoints in memory that fail on request: the double for everything that saves, loads and resumes. */
import { Checkpoints, type CheckpointsService, type Loaded, type Saved } from "@etude/core/Checkpoints"
import { CheckpointCorrupt, CheckpointError, CheckpointMissing } from "@etude/core/Errors"
import { type TrainStateData, toData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

export interface MemoryOptions {
  /** The save, counted from 0, from which on every save fails, as on a full disk. */
  readonly fullAt?: number
  /** The saves, counted from 0, that succeed but whose checkpoints are damaged when read. */
  readonly damaged?: ReadonlyArray<number>
}

const number = (value: number): string => String(value).padStart(6, "0")

interface Entry {
  /** Which save it was, from 0. */
  readonly order: number
  readonly loaded: Omit<Loaded, "data">
  readonly data: TrainStateData
}

interface Memory extends Required<MemoryOptions> {
  entries: ReadonlyArray<Entry>
  saves: number
}

const byPosition = ({ loaded: { saved: a }, order: first }: Entry, { loaded: { saved: b }, order: second }: Entry) =>
  a.attempt - b.attempt || a.step - b.step || a.batch - b.batch || first - second

const listOf = ({ entries }: Memory): ReadonlyArray<Saved> =>
  entries.toSorted(byPosition).map(({ loaded }) => structuredClone(loaded.saved))

const load = (memory: Memory, id: string): Effect.Effect<Loaded, CheckpointMissing | CheckpointCorrupt> =>
  Effect.suspend((): Effect.Effect<Loaded, CheckpointMissing | CheckpointCorrupt> => {
    const entry = memory.entries.find(({ loaded }) => loaded.saved.id === id)
    if (entry === undefined) {
      return Effect.fail(new CheckpointMissing({ id, known: listOf(memory).map(({ id }) => id) }))
    }
    const { order, loaded, data } = entry
    if (memory.damaged.includes(order)) {
      const { path } = loaded.saved
      return Effect.fail(new CheckpointCorrupt({ id, path, file: "it", reason: "was damaged by the test" }))
    }
    return Effect.succeed({ ...structuredClone(loaded), data: structuredClone(data) })
  })

const save = (memory: Memory, ...[state, description, savers]: Parameters<CheckpointsService["save"]>) =>
  Effect.suspend(() => {
    const order = memory.saves++
    const { attempt, history, progress } = state.plain
    const { epoch, batch, step } = progress
    const id = `attempt-${number(attempt)}-step-${number(step)}-save-${number(order)}`
    const path = `memory:${id}`
    if (order >= memory.fullAt) {
      return Effect.fail(new CheckpointError({ path, reason: "there is no space left, as the test requested" }))
    }
    const data = structuredClone(toData(state))
    const bytes = Object.values(data.tensors).reduce((sum, { values }) => sum + values.byteLength, 0)
    const values = Object.assign({}, ...history.map((entry) => entry.values))
    const position = { epoch, batch, step, attempt }
    const saved: Saved = { id, path, ...position, values, ...(savers === undefined ? {} : { savers }), bytes }
    memory.entries = [
      ...memory.entries,
      { order, loaded: structuredClone({ saved, description, passedOver: [] }), data }
    ]
    return Effect.succeed(structuredClone(saved))
  })

/** The newest one that is whole. */
const latest = (memory: Memory) =>
  Effect.gen(function* () {
    const passedOver: Array<CheckpointCorrupt> = []
    for (const { id } of listOf(memory).toReversed()) {
      const result = yield* Effect.result(Effect.catchTag(load(memory, id), "CheckpointMissing", Effect.die))
      if (result._tag === "Success") return Option.some({ ...result.success, passedOver })
      passedOver.push(result.failure)
    }
    const [newest] = passedOver
    return newest === undefined ? Option.none() : yield* newest
  })

/** The one with the best value; a tie keeps the earlier one. */
const best = (memory: Memory, monitor: string, better: "higher" | "lower"): Option.Option<Saved> => {
  const sign = better === "higher" ? 1 : -1
  let first: Saved | undefined
  let highest = Number.NEGATIVE_INFINITY
  for (const one of listOf(memory)) {
    const value = sign * (one.values[monitor] ?? Number.NaN)
    if (Number.isNaN(value) || (first !== undefined && value <= highest)) continue
    first = one
    highest = value
  }
  return Option.fromUndefinedOr(first)
}

/** An empty store, and what has been saved in it so far. */
export const make = ({
  fullAt = Number.POSITIVE_INFINITY,
  damaged = []
}: MemoryOptions = {}): CheckpointsService & {
  readonly saved: ReadonlyArray<Saved>
} => {
  const memory: Memory = { fullAt, damaged, entries: [], saves: 0 }
  return {
    get saved() {
      return listOf(memory)
    },
    save: (...saved) => save(memory, ...saved),
    load: (id) => load(memory, id),
    latest: latest(memory),
    best: (monitor, better) => Effect.sync(() => best(memory, monitor, better)),
    list: Effect.sync(() => listOf(memory)),
    verify: (id) => Effect.map(load(memory, id), ({ saved }) => saved),
    delete: (id) =>
      Effect.sync(() => {
        memory.entries = memory.entries.filter(({ loaded }) => loaded.saved.id !== id)
      }),
    settled: Effect.void
  }
}

/** The same as a layer; each build is a new, empty store. */
export const layer = (options: MemoryOptions = {}): Layer.Layer<Checkpoints> =>
  Layer.sync(Checkpoints, () => make(options))
