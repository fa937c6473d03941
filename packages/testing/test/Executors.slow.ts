import { assert, describe, it } from "@effect/vitest"
import * as StepExecutor from "@etude/core/StepExecutor"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import { layer as backend } from "../src/doubles/CpuBackend.ts"
import * as Laws from "../src/Laws.ts"
import * as ExecutorLaw from "../src/laws/ExecutorLaw.ts"
import * as ExecutorRows from "../src/subjects/ExecutorRows.ts"
import * as LayerRows from "../src/subjects/LayerRows.ts"

Laws.executor(StepExecutor.layerEager, { name: "core's eager executor", backend })

describe("the rows", () => {
  it("have a name each", () => {
    const names = ExecutorRows.all.map(({ name }) => name)
    assert.deepStrictEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      []
    )
  })

  it("are there for every layer of tf.layers that can be trained", () => {
    const classes = Object.entries(tf.serialization.SerializationMap.getMap().classNameMap)
      .filter(([, [constructor]]) => constructor.prototype instanceof tfl.layers.Layer)
      .map(([name]) => name)
    // Models and inputs are in every row, cells in those of recurrent layers.
    const elsewhere = /^(InputLayer|Model|Functional|Sequential|\w+Cell)$/
    const tried = new Set([...LayerRows.kinds.map(({ name }) => name), ...Object.keys(LayerRows.untrainable)])
    assert.deepStrictEqual(
      classes.filter((name) => !elsewhere.test(name) && !tried.has(name)),
      []
    )
  })
})

/** An executor that does something to each call of a program. */
const executor = (
  name: string,
  call: (program: (inputs: any) => any, count: number) => (inputs: any) => any
): StepExecutor.StepExecutor["Service"] => {
  let count = 0
  return {
    name,
    compile: (what, program) => {
      const run = StepExecutor.eager.compile(what, program)
      return (inputs) => call(run, count++)(inputs)
    }
  }
}

const caught = (name: string, tested: StepExecutor.StepExecutor["Service"], row: string, message: string) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const found = ExecutorRows.all.find((one) => one.name === row)!
      const broken = yield* Effect.flip(
        Effect.provideService(ExecutorLaw.check({ row: found }), StepExecutor.StepExecutor, tested)
      )
      assert.strictEqual(broken.message, message)
    }).pipe(Effect.provide(backend))
  )

describe("the law of executors catches", () => {
  caught(
    "one whose sums are a little off",
    executor("rough", (program) => (inputs) => {
      const outputs = program(inputs)
      if (!("parameters" in outputs)) return outputs
      const off = Tensors.map(outputs.parameters, (one) => tf.mul(one, 1.0001))
      Tensors.dispose(outputs.parameters)
      return { ...outputs, parameters: off }
    }),
    "plain functions",
    'rough breaks the law "executors": with "plain functions", after one step parameters/hidden/kernel is ' +
      "-0.43512117862701416 instead of -0.4350776672363281 at element 0 in the final state. To reproduce: " +
      'train the row "plain functions" of ExecutorRows until { steps: 1 } on rough and eagerly, and compare.'
  )
  let frozen: tf.Tensor | undefined
  caught(
    "one that records the random key of the first step as a constant",
    executor("frozen", (program) => (inputs) => {
      if (inputs.controls === undefined) return program(inputs)
      frozen ??= tf.keep(tf.clone(inputs.controls.key))
      return program({ ...inputs, controls: { ...inputs.controls, key: frozen } })
    }),
    "dropout",
    'frozen breaks the law "executors": with "dropout", ' +
      "loss is 1.2312389016151428 instead of 0.9629375338554382 in batch 2 of epoch 1 (step 2). To reproduce: " +
      'train the row "dropout" of ExecutorRows on frozen and eagerly, and compare.'
  )
  caught(
    "one that adds up in another order each time",
    executor("hasty", (program, count) => (inputs) => {
      const outputs = program(inputs)
      if (!("parameters" in outputs)) return outputs
      const off = Tensors.map(outputs.parameters, (one) => tf.add(one, 1e-7 * (count % 7)))
      Tensors.dispose(outputs.parameters)
      return { ...outputs, parameters: off }
    }),
    "plain functions",
    'hasty breaks the law "executors": with "plain functions", run twice on hasty, ' +
      "loss is 1.3870698809623718 instead of 1.3870699405670166 in batch 2 of epoch 1 (step 2). To reproduce: " +
      'train the row "plain functions" of ExecutorRows on hasty twice, and compare.'
  )
})
