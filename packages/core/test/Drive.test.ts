import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Callback from "../src/Callback.ts"
import * as Decision from "../src/Decision.ts"

/** Stops a run at the third of a hook's calls. */
const counting = Callback.controller({
  id: "counting",
  state: { schema: Schema.Struct({ count: Schema.Natural }), initial: { count: 0 } },
  hooks: {
    batchEnd: (_event, { count }) => (count === 2 ? [{ count: 3 }, Decision.stopRun("three")] : [{ count: count + 1 }])
  }
})

describe("Callback.drive", () => {
  it.effect("calls hooks without a run, and keeps states and decisions", () =>
    Effect.gen(function* () {
      const run = yield* Callback.drive(counting)
      assert.strictEqual(yield* run.call("batchEnd"), Decision.proceed)
      run.move({ batch: 2, step: 2 })
      yield* run.call("batchEnd")
      assert.deepStrictEqual(run.states(), { counting: { count: 2 } })
      const { stopRun, stoppers } = yield* run.call("batchEnd")
      assert.deepStrictEqual([stopRun, stoppers], [["three"], ["counting"]])
      assert.deepStrictEqual(
        run.decisions.map(({ callback, decision, progress }) => [callback, decision.stopRun, progress.step]),
        [["counting", ["three"], 2]]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("continues with states of another drive, as a resumed run does", () =>
    Effect.gen(function* () {
      const first = yield* Callback.drive(counting)
      yield* first.call("batchEnd")
      yield* first.call("batchEnd")
      const second = yield* Callback.drive(counting, { states: first.states() })
      assert.deepStrictEqual((yield* second.call("batchEnd")).stopRun, ["three"])
    }).pipe(Effect.scoped)
  )

  it.effect("calls plain and scheduled handlers of a batch, and fails as they do", () =>
    Effect.gen(function* () {
      const every = Callback.observer({
        id: "every",
        hooks: { batchEnd: Callback.everySteps(2, () => Effect.fail("full" as const)) }
      })
      const thrower = Callback.observer({
        id: "thrower",
        hooks: {
          epochEnd: () => {
            throw new Error("lost")
          }
        }
      })
      const run = yield* Callback.drive(Layer.mergeAll(every, thrower))
      run.move({ step: 1 })
      yield* run.call("batchEnd")
      run.move({ step: 2 })
      assert.strictEqual(yield* Effect.flip(run.call("batchEnd")), "full")
      const error = yield* Effect.flip(run.call("epochEnd"))
      assert.include(String(error), "thrower")
    }).pipe(Effect.scoped)
  )

  it.effect("runs finalizers once, in reverse order, when it is told to or when its scope closes", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      const ending = (id: string) =>
        Callback.observer({
          id,
          hooks: {},
          finalizer: (exit) => Effect.sync(() => void ended.push(`${id} ${exit._tag}`))
        })
      const both = Layer.mergeAll(ending("a"), ending("b"))
      yield* Effect.scoped(Callback.drive(both))
      assert.deepStrictEqual(ended.splice(0), ["b Success", "a Success"])
      yield* Effect.scoped(Effect.flatMap(Callback.drive(both), ({ finalize }) => finalize(Exit.fail("bad"))))
      assert.deepStrictEqual(ended, ["b Failure", "a Failure"])
    })
  )

  it.effect("tells a handler that looks at the state that there is none", () =>
    Effect.gen(function* () {
      const looking = Callback.observer({ id: "looking", hooks: { epochEnd: ({ state }) => void state() } })
      const run = yield* Callback.drive(looking)
      const error = yield* Effect.flip(run.call("epochEnd"))
      assert.include(String(error), "Callback.drive(layer, { state })")
    }).pipe(Effect.scoped)
  )
})
