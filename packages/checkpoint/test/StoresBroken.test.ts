import "@tensorflow/tfjs-backend-cpu"
import { assert, describe, it } from "@effect/vitest"
import type { CheckpointsService, Loaded, Saved } from "@etude/core/Checkpoints"
import { CheckpointMissing } from "@etude/core/Errors"
import { type TrainState, toData } from "@etude/core/TrainState"
import * as CheckpointsLaw from "@etude/testing/laws/CheckpointsLaw"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MemoryStore from "../src/MemoryStore.ts"
import * as Store from "../src/Store.ts"

/** The store in memory with something wrong. */
const wrong = (change: (store: CheckpointsService) => Partial<CheckpointsService>): CheckpointsLaw.StoreSubject => ({
  name: "broken",
  open: Effect.map(MemoryStore.make, (store) => {
    const whole = Store.checkpoints(store)
    return { store: { ...whole, ...change(whole) } }
  })
})

/** What all laws say of it. */
const complaints = (subject: CheckpointsLaw.StoreSubject) =>
  Effect.forEach(CheckpointsLaw.laws, ({ check }) =>
    Effect.match(check(subject), {
      onSuccess: () => [],
      // A double that cannot be damaged or opened again is not wrong for that.
      onFailure: (failure) => (failure._tag === "LawSkipped" ? [] : [failure.message])
    })
  ).pipe(Effect.map((all) => all.flat()))

const end = "To reproduce: run CheckpointsLaw on it."
const said = (statement: string, found: string) => `broken breaks the law "${statement}": ${found}. ${end}`
const statements = {
  bits: "what was saved is loaded bit for bit",
  isolated: "a caller's changes to a loaded checkpoint don't affect the next load",
  order: "checkpoints are listed by attempt and then by position, and the last is the latest",
  best: "the best has the best value of a monitor, and a tie keeps the earlier",
  missing: "a missing checkpoint is reported, with those that exist",
  deleted: "deleting removes that checkpoint and no other, and may be repeated",
  damaged: "a damaged checkpoint is reported and never taken for an intact one"
}
const id = (epoch: number, attempt = 1, batch = 0, step = epoch * 10 + batch) =>
  `epoch-000${epoch}-batch-0000${batch}-step-00000${step}-attempt-0${attempt}`

const mapLoaded = (store: CheckpointsService, change: (loaded: Loaded) => Loaded) => ({
  load: (id: string) => Effect.map(store.load(id), change)
})

describe("the laws of stores catch one that", () => {
  it.effect("stores numbers as JSON.stringify does", () =>
    Effect.gen(function* () {
      const subject = wrong((store) =>
        mapLoaded(store, (loaded) => ({
          ...loaded,
          data: { ...loaded.data, plain: JSON.parse(JSON.stringify(loaded.data.plain)) }
        }))
      )
      assert.deepStrictEqual(
        (yield* complaints(subject)).filter((message) => message.includes(statements.bits)),
        [said(statements.bits, "metrics.mean.sum is 0 instead of -0")]
      )
    })
  )

  it.effect("makes ordinary NaNs of all", () =>
    Effect.gen(function* () {
      const plainNaN = (values: Float32Array) =>
        Float32Array.from(values, (value) => (Number.isNaN(value) ? NaN : value))
      const subject = wrong((store) =>
        mapLoaded(store, (loaded) => {
          const tensors = Object.fromEntries(
            Object.entries(loaded.data.tensors).map(([name, { values, ...rest }]) => [
              name,
              { ...rest, values: values instanceof Float32Array ? plainNaN(values) : values }
            ])
          )
          return { ...loaded, data: { ...loaded.data, tensors } }
        })
      )
      const [first] = yield* complaints(subject)
      assert.strictEqual(first, said(statements.bits, "parameters/dense/kernel is not the same bit for bit"))
    })
  )

  it.effect("keeps the tensors it was given and reads them later", () =>
    Effect.gen(function* () {
      const states = new Map<string, TrainState>()
      const subject = wrong((store) => ({
        save: (state, description) =>
          Effect.tap(store.save(state, description), ({ id }) => Effect.sync(() => states.set(id, state))),
        load: (id) => Effect.map(store.load(id), (loaded) => ({ ...loaded, data: toData(states.get(id)!) }))
      }))
      const [first] = yield* complaints(subject)
      assert.strictEqual(first, said(statements.bits, "the run failed: Tensor is disposed"))
    })
  )

  it.effect("gives out what it keeps", () =>
    Effect.gen(function* () {
      const loads = new Map<string, Loaded>()
      const subject = wrong((store) => ({
        load: (id) =>
          Effect.map(store.load(id), (loaded) => {
            if (!loads.has(id)) loads.set(id, loaded)
            return loads.get(id)!
          })
      }))
      assert.include(
        yield* complaints(subject),
        said(statements.isolated, "after the first was overwritten, in the second seed is 8 instead of 7")
      )
    })
  )

  it.effect("takes the furthest position for the newest, whatever the attempt", () =>
    Effect.gen(function* () {
      const byPosition = (a: Saved, b: Saved) => a.epoch - b.epoch || a.batch - b.batch
      const subject = wrong((store) => ({ list: Effect.map(store.list, (all) => all.toSorted(byPosition)) }))
      const [first] = yield* complaints(subject)
      const [resumed, early] = [id(2, 2), "epoch-0009-batch-00099-step-0000099-attempt-01"]
      const late = ["epoch-0010-batch-00009-step-0000109-attempt-01", "epoch-0010-batch-00010-step-0000110-attempt-01"]
      assert.strictEqual(
        first,
        said(
          statements.order,
          `listed are ${[resumed, early, ...late].join(", ")} instead of ${[early, ...late, resumed].join(", ")}`
        )
      )
    })
  )

  it.effect("lets a tie go to the later one", () =>
    Effect.gen(function* () {
      const subject = wrong((store) => ({
        best: (monitor, better) => Effect.map(store.list, (all) => Store.best(all.toReversed(), monitor, better))
      }))
      assert.deepStrictEqual(yield* complaints(subject), [
        said(statements.best, `the best by loss (lower is better) is ${id(3)} instead of ${id(2)}`)
      ])
    })
  )

  it.effect("does not say what there is instead", () =>
    Effect.gen(function* () {
      const subject = wrong((store) => ({
        load: (id) => Effect.mapError(store.load(id), () => new CheckpointMissing({ id, known: [] }))
      }))
      assert.deepStrictEqual(yield* complaints(subject), [
        said(
          statements.missing,
          'asking for it gives {"_tag":"CheckpointMissing","id":"elsewhere","known":[]} instead of ' +
            `{"_tag":"CheckpointMissing","id":"elsewhere","known":["${id(1)}"]}`
        )
      ])
    })
  )

  it.effect("deletes nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* complaints(wrong(() => ({ delete: () => Effect.void }))), [
        said(statements.deleted, `listed are ${id(1)}, ${id(2)}, ${id(3)} instead of ${id(1)}, ${id(2)}`)
      ])
    })
  )

  it.effect("believes what it reads", () =>
    Effect.gen(function* () {
      const { open } = wrong(() => ({}))
      const subject = { name: "broken", open: Effect.map(open, (opened) => ({ ...opened, damage: () => Effect.void })) }
      assert.deepStrictEqual(yield* complaints(subject), [
        said(statements.damaged, "load of a damaged one gives success")
      ])
    })
  )

  it.effect("forgets at its end", () =>
    Effect.gen(function* () {
      const { open } = wrong(() => ({}))
      const reopen = Effect.map(open, ({ store }) => store)
      const subject = { name: "broken", open: Effect.map(open, (opened) => ({ ...opened, reopen })) }
      assert.deepStrictEqual(yield* complaints(subject), [
        said("what was saved is there when the store is reopened", `listed are nothing instead of ${id(1)}, ${id(2)}`)
      ])
    })
  )

  it.effect("has a latest one without any", () =>
    Effect.gen(function* () {
      const subject = wrong((store) => ({
        latest: Effect.map(store.latest, (found) => (Option.isSome(found) ? found : Option.some({} as Loaded)))
      }))
      assert.deepStrictEqual(yield* complaints(subject), [
        said(statements.order, "an empty store has a latest checkpoint")
      ])
    })
  )
})
