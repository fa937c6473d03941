import { assert, describe, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import * as Trainer from "@etude/core/Trainer"
import * as Close from "@etude/testing/Close"
import { drive } from "@etude/testing/doubles/Drive"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as ConsoleTable from "../src/ConsoleTable.ts"
import * as EventSinks from "../src/EventSinks.ts"
import * as GradientNorms from "../src/GradientNorms.ts"
import * as History from "../src/History.ts"
import * as ModelSummary from "../src/ModelSummary.ts"
import * as Resources from "../src/Resources.ts"
import * as TestTerminal from "../src/TestTerminal.ts"
import * as Timing from "../src/Timing.ts"
import * as WeightNorms from "../src/WeightNorms.ts"
import { cpu, points, task } from "./support/tiny.ts"

const config = { until: { epochs: 2 }, batchSize: 4, logEverySteps: 2, optimizer: { _tag: "Sgd" } } as const

it.layer(cpu)("observers in a run", (it) => {
  const data = { train: points("train", 8), validation: points("validation", 4) }

  it.effect("measure at logged steps, under their own names, for all who read events", () =>
    Effect.gen(function* () {
      const events: Array<Event.Known> = []
      const callbacks = Layer.mergeAll(
        WeightNorms.layer({ each: true, match: "kernel" }),
        GradientNorms.layer(),
        Resources.memory(),
        Resources.learningRate()
      )
      const run = Trainer.train(task, { config, data, callbacks })
      const { state } = yield* Effect.provide(run, EventSinks.memory(events))
      const logged = events.filter((event) => event._tag === "StepLogged")
      assert.deepStrictEqual(
        logged.map(({ progress }) => progress.step),
        [2, 4]
      )
      const { measured = {} } = logged.at(-1)!
      const of = (callback: string, name: string) => measured[callback]![name]!
      const norm = tf.norm(state.parameters["kernel"]!).dataSync()[0]!
      assert.isUndefined(Close.difference([of("weightNorms", "kernel")], [norm], { relative: 1e-6, absolute: 0 }))
      assert.strictEqual(of("weightNorms", "all"), of("weightNorms", "kernel"))
      assert.isAbove(of("gradientNorms", "all"), 0)
      assert.deepStrictEqual([of("learningRate", "rate"), of("learningRate", "scale")], [0.001, 1])
      assert.isAbove(of("memory", "tensors"), 0)
      assert.isAbove(of("memory", "residentBytes"), 0)
    }).pipe(Effect.scoped)
  )

  it.effect("the norm of gradients is that of plain descent's step", () =>
    Effect.gen(function* () {
      const own = { ...config, until: { steps: 1 }, learningRate: 1, logEverySteps: 1 } as const
      const events: Array<Event.Known> = []
      const run = Trainer.train(Tiny.regression(), {
        config: own,
        data: { train: Tiny.regressionData() },
        callbacks: GradientNorms.layer({ each: true })
      })
      const { state } = yield* Effect.provide(run, EventSinks.memory(events))
      const logged = events.find((event) => event._tag === "StepLogged")!
      // Parameters begin at zero, so they are minus the gradient.
      for (const path of ["kernel", "bias"]) {
        const moved = tf.norm(state.parameters[path]!).dataSync()[0]!
        assert.closeTo(logged.measured!["gradientNorms"]![path]!, moved, 1e-6)
      }
    }).pipe(Effect.scoped)
  )

  it("norms of all stand beside that of a parameter called so", () => {
    const tensors = { all: tf.tensor1d([3]), "all together": tf.tensor1d([4]) }
    const expected = { "all together together": 5, all: 3, "all together": 4 }
    assert.deepStrictEqual(WeightNorms.norms(tensors, true), expected)
    const gradients = GradientNorms.norms(tensors, true)
    assert.deepStrictEqual(
      Object.fromEntries(Object.entries(gradients).map(([name, norm]) => [name, norm.dataSync()[0]])),
      expected
    )
    assert.deepStrictEqual(WeightNorms.norms(tensors), { all: 5 })
    tf.dispose([tensors, gradients])
  })

  it.effect("time phases and each callback's handlers, and print where the time went on every exit", () =>
    Effect.gen(function* () {
      const terminal = TestTerminal.make()
      const looking = Callback.observer({
        id: "looking",
        hooks: { batchEnd: () => {}, epochEnd: () => Effect.fail(new Error("on purpose")) }
      })
      const callbacks = Layer.mergeAll(Layer.provide(Timing.layer(), terminal.layer), looking)
      yield* Effect.exit(Trainer.train(task, { config, data, callbacks }))
      const parts = terminal.screen().map((line) => line.trim().replace(/ {2}.* {2}/, ": "))
      for (const part of ["step: 2 times", "data: 2 times", "validation: 1 time", "looking (batchEnd): 2 times"]) {
        assert.include(parts, part)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("a summary of the model comes before the first step, and not again after a resume", () =>
    Effect.gen(function* () {
      const terminal = TestTerminal.make()
      const callbacks = Layer.provide(ModelSummary.layer(), terminal.layer)
      const until = { steps: 1 }
      const { state } = yield* Trainer.train(task, { config: { ...config, until }, data, callbacks })
      yield* Trainer.train(task, { config, data, callbacks, state })
      assert.deepStrictEqual(terminal.screen(), [
        "parameter  shape   numbers",
        "kernel     [2, 2]        4",
        "bias       [2]           2",
        "6 numbers, 24 bytes",
        ""
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("a table alone has a row for each epoch", () =>
    Effect.gen(function* () {
      const terminal = TestTerminal.make({ columns: 120 })
      yield* Trainer.train(task, { config, data, callbacks: Layer.provide(ConsoleTable.layer(), terminal.layer) })
      assert.strictEqual(terminal.screen().filter((line) => /^ +[12]\/2 +\d/.test(line)).length, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("the history is there during the run and after it", () =>
    Effect.gen(function* () {
      const history = History.observer()
      const lengths: Array<number> = []
      const looking = Callback.observer({
        id: "looking",
        hooks: { epochEnd: () => void lengths.push(history.current().epochs.length) }
      })
      const result = yield* Trainer.train(task, { config, data, callbacks: Layer.mergeAll(history.layer, looking) })
      assert.deepStrictEqual(lengths, [1, 2])
      assert.deepStrictEqual(
        history.current().epochs.map(({ values }) => values),
        result.history.map(({ values }) => values)
      )
    }).pipe(Effect.scoped)
  )
})

describe("throughput", () => {
  it.effect("is that since the last logged step", () =>
    Effect.gen(function* () {
      const run = yield* drive(Resources.throughput())
      const measure = () => run.measure()
      assert.deepStrictEqual(measure(), { throughput: {} })
      run.move({ step: 4, samples: 32 })
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(measure(), { throughput: { samplesPerSecond: 16, secondsPerStep: 0.5 } })
    })
  )
})
