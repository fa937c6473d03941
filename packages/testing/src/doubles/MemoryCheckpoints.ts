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
  /** Saves, counted from 0, that end well and whose checkpoints are damaged when they are read. */
  readonly damaged?: ReadonlyArray<number>
}

const number = (value: number): string => String(value).padStart(6, "0")

/** An empty store, and what has been saved in it so far. */
export const make = ({
  fullAt = Number.POSITIVE_INFINITY,
  damaged = []
}: MemoryOptions = {}): CheckpointsService & {
  readonly saved: ReadonlyArray<Saved>
} => {
  let saves = 0
  const all: Array<{ readonly order: number; readonly loaded: Omit<Loaded, "data">; readonly data: TrainStateData }> =
    []
  const sorted = () =>
    all.toSorted(
      ({ loaded: { saved: a }, order: first }, { loaded: { saved: b }, order: second }) =>
        a.attempt - b.attempt || a.step - b.step || a.batch - b.batch || first - second
    )
  const list = () => sorted().map(({ loaded }) => structuredClone(loaded.saved))
  const load = (id: string) =>
    Effect.suspend((): Effect.Effect<Loaded, CheckpointMissing | CheckpointCorrupt> => {
      const found = all.find(({ loaded }) => loaded.saved.id === id)
      if (found === undefined) {
        return Effect.fail(new CheckpointMissing({ id, known: list().map(({ id }) => id) }))
      }
      const { order, loaded, data } = found
      if (damaged.includes(order)) {
        return Effect.fail(
          new CheckpointCorrupt({ id, path: loaded.saved.path, file: "it", reason: "was damaged by the test" })
        )
      }
      return Effect.succeed({ ...structuredClone(loaded), data: structuredClone(data) })
    })
  return {
    get saved() {
      return list()
    },
    save: (state, description, savers) =>
      Effect.suspend(() => {
        const order = saves++
        const { attempt, history, progress } = state.plain
        const { epoch, batch, step } = progress
        const id = `attempt-${number(attempt)}-step-${number(step)}-save-${number(order)}`
        if (order >= fullAt) {
          return Effect.fail(
            new CheckpointError({ path: `memory:${id}`, reason: "there is no space left, as the test requested" })
          )
        }
        const data = structuredClone(toData(state))
        const bytes = Object.values(data.tensors).reduce((sum, { values }) => sum + values.byteLength, 0)
        const values = Object.assign({}, ...history.map((entry) => entry.values))
        const saved: Saved = {
          id,
          path: `memory:${id}`,
          epoch,
          batch,
          step,
          attempt,
          values,
          ...(savers === undefined ? {} : { savers }),
          bytes
        }
        all.push({ order, loaded: structuredClone({ saved, description, passedOver: [] }), data })
        return Effect.succeed(structuredClone(saved))
      }),
    load,
    latest: Effect.gen(function* () {
      const passedOver: Array<CheckpointCorrupt> = []
      for (const { id } of list().toReversed()) {
        const result = yield* Effect.result(Effect.catchTag(load(id), "CheckpointMissing", Effect.die))
        if (result._tag === "Success") return Option.some({ ...result.success, passedOver })
        passedOver.push(result.failure)
      }
      return passedOver.length === 0 ? Option.none() : yield* passedOver[0]!
    }),
    best: (monitor, better) =>
      Effect.sync(() => {
        const valued = list().filter(({ values }) => values[monitor] !== undefined && !Number.isNaN(values[monitor]))
        const sign = better === "higher" ? 1 : -1
        // A tie keeps the earlier one.
        const best = valued.reduce<Saved | undefined>(
          (kept, one) =>
            kept === undefined || sign * one.values[monitor]! > sign * kept.values[monitor]! ? one : kept,
          undefined
        )
        return Option.fromUndefinedOr(best)
      }),
    list: Effect.sync(list),
    verify: (id) => Effect.map(load(id), ({ saved }) => saved),
    delete: (id) =>
      Effect.sync(() => {
        const at = all.findIndex(({ loaded }) => loaded.saved.id === id)
        if (at !== -1) all.splice(at, 1)
      }),
    settled: Effect.void
  }
}

/** The same as a layer; each build of it is an empty store. */
export const layer = (options: MemoryOptions = {}): Layer.Layer<Checkpoints> =>
  Layer.sync(Checkpoints, () => make(options))
