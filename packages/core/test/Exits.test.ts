import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as Backend from "../src/Backend.ts"
import * as Callback from "../src/Callback.ts"
import type { Dataset } from "../src/Dataset.ts"
import { DataError, PreflightFailed } from "../src/Errors.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import type { TrainConfigInput } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import type { TrainState } from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"
import { watcher } from "./support/watch.ts"

/** How a run in a scope of its own ends, and how many tensors it leaves. */
const leaving = <A, E, R>(run: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = tf.memory().numTensors
    const exit = yield* Effect.exit(Effect.scoped(run))
    return { exit, left: tf.memory().numTensors - before }
  })
interface Options {
  readonly config?: TrainConfigInput
  readonly data?: { readonly train: Dataset; readonly validation?: Dataset }
  readonly callbacks?: Layer.Layer<any, string, Callback.CallbackRegistry> | undefined
  readonly state?: TrainState
}
const train = (options: Options = {}, own: Task.Task = task) =>
  Trainer.train(own, { config, data: { train: numbers(5) }, ...(options as object) })
const unreadable = new DataError({ source: "numbers", found: "a hole", expected: "a number", advice: "Mend it." })
const failing = numbers(5, (batch, indices) => (indices.includes(3) ? Effect.fail(unreadable) : batch))

describe("no tensor is left", () => {
  it.effect("of a run that ended well", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* leaving(train())).left, 0)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a run that never began", () =>
    Effect.gen(function* () {
      for (const options of [
        { config: { batchSize: 0 } },
        { data: { train: numbers(0) } },
        { callbacks: Callback.unwrap(Effect.as(Effect.fail("no"), Callback.observer({ id: "never", hooks: {} }))) },
        { callbacks: Callback.observer({ id: "dies", hooks: {}, check: Effect.die(new Error("dies")) }) },
        { callbacks: Callback.observer({ id: "interrupts", hooks: {}, check: Effect.interrupt }) }
      ]) {
        const { exit, left } = yield* leaving(train(options))
        assert.isTrue(Exit.isFailure(exit))
        assert.strictEqual(left, 0)
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a model whose init throws, or makes more tensors than it gives", () =>
    Effect.gen(function* () {
      const model = (throws: boolean) =>
        Model.make({
          name: "wasteful",
          init: () => {
            const w = tf.mul(tf.ones([1]), 2)
            if (throws) throw new Error("no parameters today")
            return { w }
          },
          apply: ({ w }, inputs: tf.Tensor) => tf.mul(inputs, w)
        })
      const own = (throws: boolean) =>
        Task.supervised({ name: "own", model: model(throws), loss: Losses.meanAbsoluteError })
      assert.strictEqual((yield* leaving(train({}, own(false)))).left, 0)
      const { exit, left } = yield* leaving(train({}, own(true)))
      assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof PreflightFailed)
      assert.strictEqual(left, 0)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a run whose data failed, in training or in validation", () =>
    Effect.gen(function* () {
      for (const data of [{ train: failing }, { train: numbers(5), validation: failing }]) {
        const { exit, left } = yield* leaving(train({ data }))
        assert.deepStrictEqual(exit, Exit.fail(unreadable))
        assert.strictEqual(left, 0)
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a run that was interrupted from outside while it waited for data", () =>
    Effect.gen(function* () {
      for (const hangs of ["train", "validation"]) {
        const waiting = yield* Deferred.make<void>()
        const hanging = numbers(5, (batch, indices) =>
          indices.includes(3) ? Effect.andThen(Deferred.succeed(waiting, undefined), Effect.never) : batch
        )
        const { seen, layer } = watcher()
        const data = hangs === "train" ? { train: hanging } : { train: numbers(5), validation: hanging }
        const { left } = yield* leaving(
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(Effect.scoped(train({ data, callbacks: layer })))
            yield* Deferred.await(waiting)
            yield* Fiber.interrupt(fiber)
          })
        )
        assert.strictEqual(left, 0)
        assert.deepStrictEqual(
          seen.slice(-2),
          hangs === "train"
            ? ["interrupted 0.1.1", "trainEnd 0.1.1 interrupted"]
            : ["interrupted 0.3.3", "trainEnd 0.3.3 interrupted"]
        )
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a run that ended well, but whose callback could not close its resources", () =>
    Effect.gen(function* () {
      const clumsy = Layer.unwrap(
        Effect.as(
          Effect.addFinalizer(() => Effect.die(new Error("the file cannot be closed"))),
          Callback.observer({ id: "clumsy", hooks: {} })
        )
      )
      const { exit, left } = yield* leaving(train({ callbacks: clumsy }))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      assert.strictEqual(left, 0)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of batches that were skipped for not being finite, with statistics", () =>
    Effect.gen(function* () {
      const own = Task.supervised({
        name: "own",
        model: {
          name: "centred",
          init: () => ({ parameters: { w: tf.zeros([1]) }, statistics: { mean: tf.zeros([1]) } }),
          apply: ({ parameters, statistics }, inputs: tf.Tensor, { training }: Model.ForwardContext) => ({
            outputs: tf.sub(tf.mul(inputs, parameters["w"]!), statistics["mean"]!),
            ...(training ? { statistics: { mean: tf.mean(inputs, 0) } } : {}),
            penalty: tf.square(tf.squeeze(parameters["w"]!, [0]))
          })
        },
        loss: Losses.meanAbsoluteError
      })
      const holed = numbers(5, (batch, indices) =>
        indices.includes(3) ? { ...batch, inputs: new Float32Array([1, Number.NaN]) } : batch
      )
      for (const microbatchSize of [1, 2]) {
        for (const nonFinite of [
          { _tag: "Skip", maximum: 1 },
          { _tag: "Rollback", steps: 1, maximum: 1 },
          { _tag: "Fail" }
        ] as const) {
          const { exit, left } = yield* leaving(
            train({ config: { ...config, microbatchSize, nonFinite }, data: { train: holed } }, own)
          )
          assert.strictEqual(Exit.isSuccess(exit), nonFinite._tag !== "Fail")
          assert.strictEqual(left, 0)
        }
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of the state that a run goes on from, beyond that state itself", () =>
    Effect.gen(function* () {
      const { state } = yield* train({ config: { ...config, until: { steps: 1 } } })
      const { left } = yield* leaving(train({ state }))
      assert.strictEqual(left, 0)
      assert.isFalse(state.parameters["w"]!.isDisposed)
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("an interruption", () => {
  it.effect("comes after the current step: the state is one of whole steps", () =>
    Effect.gen(function* () {
      const steps: Array<number> = []
      let stop = () => {}
      const watching = Callback.observer({
        id: "watching",
        hooks: {
          batchEnd: ({ progress }) => {
            if (progress.step === 3) stop()
          },
          interrupted: ({ state, progress }) => {
            const w = state().parameters["w"]!.dataSync()[0]!
            // Each step on the samples 1 and 2 adds 0.015.
            steps.push(progress.step, Math.round(w / 0.015))
          }
        }
      })
      const fiber = yield* Effect.forkChild(
        Effect.scoped(
          train({
            config: { ...config, until: { steps: 1_000_000 } },
            data: { train: numbers(2) },
            callbacks: watching
          })
        )
      )
      stop = () => fiber.interruptUnsafe()
      yield* Effect.exit(Fiber.join(fiber))
      assert.isAtLeast(steps[0]!, 3)
      assert.isBelow(steps[0]!, 130, "w stays below 2")
      assert.strictEqual(steps[1], steps[0])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("gives other fibers their turn while it trains on data that is at hand", () =>
    Effect.gen(function* () {
      let turns = 0
      const other = yield* Effect.forkChild(
        Effect.forever(
          Effect.andThen(
            Effect.sync(() => turns++),
            Effect.yieldNow
          )
        )
      )
      yield* Effect.scoped(train({ config: { ...config, until: { steps: 200 } }, data: { train: numbers(200) } }))
      yield* Fiber.interrupt(other)
      assert.isAbove(turns, 1)
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a second backend", () => {
  it.effect("is refused while the first is in use, and welcome after it", () =>
    Effect.gen(function* () {
      const info = { name: "second", version: "1", device: "CPU", threads: 1, reason: "a test" }
      const second = Backend.acquire("cpu", info)
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.scoped(second))
        assert.strictEqual(
          error.message,
          "The second backend cannot be started: this process already uses the cpu backend, and tfjs has one engine per " +
            "process. Provide one backend layer around the whole program, or use a second process."
        )
      }).pipe(Effect.provide(Cpu.layer))
      assert.strictEqual((yield* Effect.scoped(second)).name, "second")
    })
  )

  it.effect("that cannot be started leaves the place free", () =>
    Effect.gen(function* () {
      const info = { name: "ghost", version: "1", device: "CPU", threads: 1, reason: "a test" }
      const error = yield* Effect.flip(Effect.scoped(Backend.acquire("ghost", info)))
      assert.strictEqual(error._tag, "BackendUnavailable")
      assert.strictEqual((yield* Effect.scoped(Backend.acquire("cpu", info))).name, "ghost")
    })
  )
})

describe("finalizers run before a first step that is never made", () => {
  const told = () => {
    const ran: Array<string> = []
    const one = (id: string, more: object = {}) =>
      Callback.observer({
        id,
        hooks: {},
        finalizer: (exit) => Effect.sync(() => void ran.push(`${id} ${Exit.isFailure(exit) ? "failure" : "success"}`)),
        ...more
      })
    return { ran, one }
  }

  it.effect("in reverse of the callbacks' order, when preflight refuses, dies or is interrupted", () =>
    Effect.gen(function* () {
      const refusal = Effect.succeed([{ path: "callbacks.b", message: "no" }])
      for (const check of [refusal, Effect.die(new Error("no")), Effect.interrupt]) {
        const { ran, one } = told()
        yield* leaving(train({ callbacks: Layer.mergeAll(one("c"), one("b", { check }), one("a")) }))
        assert.deepStrictEqual(ran, ["c failure", "b failure", "a failure"])
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of those without a place in the order too", () =>
    Effect.gen(function* () {
      const { ran, one } = told()
      const cycle = [one("a", { after: ["b"] }), one("b", { after: ["a"] })] as const
      yield* leaving(train({ callbacks: Layer.mergeAll(...cycle, one("c")) }))
      assert.sameMembers(ran, ["a failure", "b failure", "c failure"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of those that had registered, when another layer cannot be built", () =>
    Effect.gen(function* () {
      const { ran, one } = told()
      const fails = Callback.unwrap(Effect.as(Effect.delay(Effect.fail("no"), 1), one("never")))
      const fiber = yield* Effect.forkChild(leaving(train({ callbacks: Layer.mergeAll(one("a"), fails) })))
      yield* TestClock.adjust(1)
      assert.isTrue(Exit.isFailure((yield* Fiber.join(fiber)).exit))
      assert.deepStrictEqual(ran, ["a failure"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a test that is refused", () =>
    Effect.gen(function* () {
      const { ran, one } = told()
      const { state } = yield* train()
      yield* Effect.exit(Trainer.test(task, { state, data: numbers(0), callbacks: one("a") }))
      assert.deepStrictEqual(ran, ["a failure"])
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
