import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Callback from "../src/Callback.ts"
import { CheckpointError } from "../src/Errors.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, recorder, task } from "./support/tiny.ts"

const data = { train: numbers(5), validation: numbers(2) }
const idle = (id: string, after: ReadonlyArray<string> = []) => Callback.observer({ id, after, hooks: {} })

describe("callbacks that don't fit together", () => {
  it.effect("are all named before the first step", () =>
    Effect.gen(function* () {
      const watching = Callback.controller({
        id: "stopper",
        monitors: ["validation/eror", "test/loss"],
        keepBest: ["train/lss"],
        hooks: {}
      })
      const callbacks = Layer.mergeAll(
        Layer.mergeAll(idle("twice"), idle("twice"), idle("a", ["b"]), idle("b", ["c", "a"]), idle("c")),
        watching as Callback.CallbackLayer
      )
      const error = yield* Effect.flip(Trainer.train(task, { config, data, callbacks }))
      assert.strictEqual(error._tag, "PreflightFailed")
      assert.strictEqual(
        error.message,
        "numbers cannot be run; nothing was trained.\n" +
          '  callbacks.twice: two callbacks have the id "twice"; give one of them another id\n' +
          "  callbacks: the declared order has a cycle: a after b; b after a\n" +
          '  callbacks.stopper: watches "validation/eror", but this run reports train/loss, train/error, validation/loss, ' +
          'validation/error; did you mean "validation/error"?\n' +
          '  callbacks.stopper: watches "test/loss", but this run reports train/loss, train/error, validation/loss, ' +
          'validation/error; did you mean "train/loss"?\n' +
          '  callbacks.stopper: watches "train/lss", but this run reports train/loss, train/error, validation/loss, ' +
          'validation/error; did you mean "train/loss"?'
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("may say themselves what they lack, together with all other problems", () =>
    Effect.gen(function* () {
      const folder = Callback.observer({
        id: "files",
        hooks: {},
        check: Effect.succeed([{ path: "callbacks.files", message: "the folder runs cannot be written" }])
      })
      const error = yield* Effect.flip(
        Trainer.train(task, {
          config: { ...config, groups: [{ name: "typo", match: "v" }] },
          data: { train: numbers(0) },
          callbacks: folder
        })
      )
      assert.strictEqual(
        error.message,
        "numbers cannot be run; nothing was trained.\n" +
          "  data.train: numbers is empty; at least one sample is needed\n" +
          '  groups.typo: "v" matches none of w\n' +
          "  callbacks.files: the folder runs cannot be written"
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a callback that fails", () => {
  it.effect("by a throw fails the run with its id and hook, wherever that is", () =>
    Effect.gen(function* () {
      for (const hook of [
        "trainBegin",
        "epochBegin",
        "batchBegin",
        "batchEnd",
        "validationBegin",
        "validationBatchBegin",
        "validationBatchEnd",
        "validationEnd",
        "epochEnd",
        "trainEnd"
      ] as const) {
        const thrower = Callback.observer({
          id: "thrower",
          hooks: {
            [hook]: () => {
              throw new Error("out of ink")
            }
          }
        })
        const error = yield* Effect.flip(Trainer.train(task, { config, data, callbacks: thrower }))
        assert.strictEqual(error._tag, "CallbackFailed")
        assert.strictEqual(error.message, `The callback thrower failed in ${hook}: out of ink`)
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("with an error of its own fails the run with that", () =>
    Effect.gen(function* () {
      class OutOfInk extends Schema.TaggedError<OutOfInk>()("OutOfInk", { page: Schema.Natural }) {}
      const printer = Callback.observer({
        id: "printer",
        hooks: { epochEnd: ({ progress }) => Effect.fail(new OutOfInk({ page: progress.epoch })) }
      })
      const result = yield* Trainer.train(task, { config, data, callbacks: printer }).pipe(
        Effect.catchTag("OutOfInk", ({ page }) => Effect.succeed(page))
      )
      assert.strictEqual(result, 1)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("while it is made fails the run before anything else", () =>
    Effect.gen(function* () {
      const broken = Callback.unwrap(
        Effect.as(Effect.fail(new CheckpointError({ path: "runs", reason: "read-only" })), idle("never"))
      )
      const { events, layer } = recorder()
      const error = yield* Effect.flip(Effect.provide(Trainer.train(task, { config, data, callbacks: broken }), layer))
      assert.strictEqual(error._tag, "CheckpointError")
      assert.deepStrictEqual(events, [])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("while the run is ending does not hide why it ended", () =>
    Effect.gen(function* () {
      const quitting = Callback.observer({ id: "quitting", hooks: { epochEnd: () => Effect.fail("first" as const) } })
      const clumsy = Callback.observer({ id: "clumsy", hooks: { failed: () => Effect.fail("second" as const) } })
      const error = yield* Effect.flip(
        Trainer.train(task, { config, data, callbacks: Layer.mergeAll(quitting, clumsy) })
      )
      assert.strictEqual(error, "first")
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a callback's resources", () => {
  it.effect("live as long as the run, and its finalizer is told how the run ended", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const holder = Layer.unwrap(
        Effect.gen(function* () {
          yield* Effect.acquireRelease(
            Effect.sync(() => void log.push("opened")),
            () => Effect.sync(() => void log.push("closed"))
          )
          return Callback.observer({
            id: "holder",
            hooks: { trainEnd: ({ reason }) => void log.push(reason) },
            finalizer: (exit) => Effect.sync(() => void log.push(Exit.isSuccess(exit) ? "success" : "failure"))
          })
        })
      )
      yield* Trainer.train(task, { config, data, callbacks: holder })
      assert.deepStrictEqual(log, ["opened", "until epochs", "success", "closed"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("are made anew for each run", () =>
    Effect.gen(function* () {
      let made = 0
      const counted = Layer.unwrap(
        Effect.sync(() => {
          made++
          return idle("counted")
        })
      )
      yield* Trainer.train(task, { config, data, callbacks: counted })
      yield* Trainer.train(task, { config, data, callbacks: counted })
      assert.strictEqual(made, 2)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("are finalized even when another finalizer dies", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const ending = (id: string, finalizer: Effect.Effect<void>) =>
        Callback.observer({ id, hooks: {}, finalizer: () => finalizer })
      const callbacks = Layer.mergeAll(
        ending(
          "a",
          Effect.sync(() => void log.push("a"))
        ),
        ending("b", Effect.die(new Error("b is clumsy"))),
        ending(
          "c",
          Effect.sync(() => void log.push("c"))
        )
      )
      const { reason } = yield* Trainer.train(task, { config, data, callbacks })
      assert.strictEqual(reason, "until epochs")
      assert.deepStrictEqual(log, ["c", "a"])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a callback's state", () => {
  const counter = Callback.observer({
    id: "counter",
    state: {
      schema: Schema.Struct({ seen: Schema.Natural, last: Schema.Number }),
      initial: { seen: 0, last: Number.NaN }
    },
    hooks: { batchEnd: ({ values }, { seen }) => [{ seen: seen + 1, last: values["loss"]! }] }
  })

  it.effect("is part of the run's state, encoded by its schema", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, {
        config: { ...config, learningRate: 1e-30 },
        data,
        callbacks: counter
      })
      assert.deepStrictEqual(state.plain.callbacks, { counter: { seen: 3, last: 10 } })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("begins where the run's state has it, and fresh where the state knows nothing of it", () =>
    Effect.gen(function* () {
      const rest = { config: { ...config, until: { epochs: 2 } }, data, callbacks: counter }
      const known = yield* Trainer.train(task, { config, data, callbacks: counter })
      const unknown = yield* Trainer.train(task, { config, data })
      const goOn = (state: Trainer.TrainResult["state"]) =>
        Effect.map(Trainer.train(task, { ...rest, state }), (result) => result.state.plain.callbacks["counter"])
      assert.strictEqual((yield* goOn(known.state) as Effect.Effect<any>).seen, 6)
      assert.strictEqual((yield* goOn(unknown.state) as Effect.Effect<any>).seen, 3)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("that its schema refuses is found before the first step, and no tensors are left", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, { config, data, callbacks: counter })
      const torn = { ...state, plain: { ...state.plain, callbacks: { counter: { seen: -1, last: 0 } } } }
      const before = tf.memory().numTensors
      const error = yield* Effect.flip(
        Effect.scoped(Trainer.train(task, { config, data, callbacks: counter, state: torn }))
      )
      assert.strictEqual(error._tag, "PreflightFailed")
      assert.include(error.message, "  state.callbacks.counter: its stored state cannot be read: ")
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a callback that listens", () => {
  it.effect("is told of every event, before it goes on", () =>
    Effect.gen(function* () {
      const heard: Array<string> = []
      const listener = Callback.observer({ id: "listener", hooks: {}, onEvent: ({ _tag }) => void heard.push(_tag) })
      const { events, layer } = recorder()
      yield* Effect.provide(Trainer.train(task, { config, data, callbacks: listener }), layer)
      assert.deepStrictEqual(
        heard,
        events.map(({ _tag }) => _tag)
      )
      assert.deepStrictEqual(heard, [
        "RunStarted",
        "EpochStarted",
        "ValidationStarted",
        "ValidationEnded",
        "EpochEnded",
        "RunEnded"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )
})
