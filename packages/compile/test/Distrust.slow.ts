import { assert, describe, it } from "@effect/vitest"
import { Losses, StepExecutor, Task, type Tensors } from "@etude/core"
import type { Binding } from "@etude/core/kernels/TfjsNode"
import * as LayersModel from "@etude/core/LayersModel"
import * as Rng from "@etude/core/Rng"
import * as ExecutorLaw from "@etude/testing/laws/ExecutorLaw"
import * as Data from "@etude/testing/subjects/Data"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CompiledDiffers } from "../src/Errors.ts"
import * as GraphExecutor from "../src/GraphExecutor.ts"
import { current } from "../src/graph/NativeBinding.ts"
import { compiled, isInstalled, native } from "./support/native.ts"

type Program = StepExecutor.TensorProgram<Tensors.Tensors, tf.Tensor>

/** How graphs are run by the binding; tests put another way in its place. */
let run: ((original: Binding["runSavedModel"]) => Binding["runSavedModel"]) | undefined

const whereGraphs = <A>(way: typeof run, body: () => A): A => {
  run = way
  try {
    return body()
  } finally {
    run = undefined
  }
}

const on = <A>(options: GraphExecutor.CompiledOptions, body: (executor: StepExecutor.StepExecutor["Service"]) => A) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      tf.engine().startScope()
      const backend = current()!
      const { binding } = backend
      const original: Binding["runSavedModel"] = (...given) => binding.runSavedModel(...given)
      backend.binding = Object.create(binding, {
        runSavedModel: {
          value: (...given: Parameters<typeof original>) => (run === undefined ? original : run(original))(...given)
        }
      })
      return () => {
        backend.binding = binding
        tf.engine().endScope()
      }
    }),
    () => Effect.map(StepExecutor.StepExecutor, body),
    (close) => Effect.sync(close)
  ).pipe(Effect.provide(Layer.provideMerge(GraphExecutor.layerWith(options), native)))

/** Graphs that give 1 % more. */
const wrong =
  (original: Binding["runSavedModel"]): Binding["runSavedModel"] =>
  (model, inputs, inputNames, outputNames) => {
    const { binding } = current()!
    return original(model, inputs, inputNames, outputNames).map(({ id, shape, dtype }) => {
      const values = Float32Array.from(binding.tensorDataSync(id), (value) => value * 1.01)
      binding.deleteTensor(id)
      return { id: binding.createTensor(shape, dtype, values), shape, dtype }
    })
  }
const failing = (): Binding["runSavedModel"] => () => {
  throw new Error("no memory for it")
}

const squares: Program = ({ x }) => tf.square(x!)
const x = (...values: Array<number>) => ({ x: tf.tensor1d(values) })
const valuesOf = (tensor: tf.Tensor) => [...tensor.dataSync()]

describe.skipIf(!isInstalled)("a compiled program that can't be trusted", () => {
  it.effect("runs eagerly where its first results are others, from that call on, and says so with the numbers", () =>
    on({}, ({ compile, eagerPrograms, takeNotes }) => {
      const run = compile("squares", squares)
      assert.deepStrictEqual(
        whereGraphs(wrong, () => valuesOf(run(x(1, 2, 3)))),
        [1, 4, 9]
      )
      assert.deepStrictEqual(valuesOf(run(x(2, 3, 4))), [4, 9, 16])
      assert.deepStrictEqual(eagerPrograms!(), ["squares"])
      assert.deepStrictEqual(takeNotes!(), [
        'The program "squares" runs eagerly, operation by operation, and slower: compiled, it gives different results (element 0 of ' +
          " is 1.0099999904632568 instead of 1), and rounding alone does not explain the difference."
      ])
    })
  )

  it.effect("runs eagerly in a later shape only, where that is the one with other results", () =>
    on({}, ({ compile, takeNotes }) => {
      const run = compile("squares", squares)
      run(x(1, 2, 3))
      assert.deepStrictEqual(
        whereGraphs(wrong, () => valuesOf(run(x(1, 2)))),
        [1, 4]
      )
      assert.strictEqual(takeNotes!().length, 1)
      // The shape that was compiled is still run by its graph.
      assert.deepStrictEqual(
        whereGraphs(wrong, () => valuesOf(run(x(1, 2)))),
        [1, 4]
      )
      assert.closeTo(whereGraphs(wrong, () => valuesOf(run(x(1, 2, 3))))[2]!, 9.09, 1e-6)
    })
  )

  it.effect("fails with the numbers where it was told to", () =>
    on({ onNotCompilable: "fail" }, ({ compile }) => {
      const run = compile("squares", squares)
      assert.throws(() => whereGraphs(wrong, () => run(x(1, 2, 3))), CompiledDiffers as never)
    })
  )

  it.effect("runs eagerly where TensorFlow does not run its graph, at the first call or at a later one", () =>
    on({}, ({ compile, takeNotes }) => {
      const [first, later] = [compile("first", squares), compile("later", squares)]
      assert.deepStrictEqual(
        whereGraphs(failing, () => valuesOf(first(x(1, 2)))),
        [1, 4]
      )
      later(x(1, 2))
      assert.deepStrictEqual(
        whereGraphs(failing, () => valuesOf(later(x(2, 3)))),
        [4, 9]
      )
      assert.deepStrictEqual(valuesOf(later(x(3, 4))), [9, 16])
      assert.deepStrictEqual(
        takeNotes!(),
        ["first", "later"].map(
          (name) =>
            `The program "${name}" runs eagerly, operation by operation, and slower: compiling it failed (no memory for it).`
        )
      )
    })
  )

  it.effect("that changed after it was compiled runs eagerly from the look that sees it, and says since when", () =>
    on({}, ({ compile, eagerPrograms, takeNotes }) => {
      let rate = 0.5
      const run = compile<Tensors.Tensors, tf.Tensor>("drifting", ({ x }) => tf.mul(x!, rate))
      for (let call = 1; call <= 3; call++) run(x(1))
      rate = 0.25
      assert.deepStrictEqual(valuesOf(run(x(1))), [0.25])
      rate = 0.125
      // Whatever the form of its inputs: it is one program.
      assert.deepStrictEqual(valuesOf(run(x(1, 2))), [0.125, 0.25])
      assert.deepStrictEqual(eagerPrograms!(), ["drifting"])
      assert.deepStrictEqual(takeNotes!(), [
        'The program "drifting" runs eagerly, operation by operation, and slower: recorded again at call 4, a number that ' +
          "enters operation 0 (Mul) is 0.25 and was 0.5; the calls since number 2 may have used what it was before. A program " +
          "may depend on its inputs only: what changes from step to step must enter as a tensor, through an optimizer's or a " +
          "transform's hyper."
      ])
    })
  )

  it.effect("leaves no tensor and no graph behind", () =>
    on({}, ({ compile }) => {
      const { binding } = current() as unknown as { binding: { getNumOfSavedModels(): number } }
      for (const run of [wrong, failing]) {
        const program = compile("squares", squares)
        const before = [tf.memory().numTensors, binding.getNumOfSavedModels()]
        for (let call = 0; call < 5; call++) tf.tidy(() => void whereGraphs(run, () => program(x(0.1, 0.2, 0.3))))
        assert.deepStrictEqual([tf.memory().numTensors, binding.getNumOfSavedModels()], before)
      }
    })
  )
})

describe.skipIf(!isInstalled)("rounding", () => {
  it.effect("explains the sign of what is left of terms that cancel", () =>
    on({ onNotCompilable: "fail" }, ({ compile }) => {
      // 0 but for rounding, by its own size: a sum whose order is free, then Adam's first step.
      const run = compile<Tensors.Tensors, Tensors.Tensors>("cancelling", ({ x }) => {
        const left = tf.sum(tf.sub(x!, tf.mean(x!)))
        return { left, sign: tf.div(left, tf.add(tf.abs(left), 1e-12)) }
      })
      for (let draw = 0; draw < 20; draw++) {
        run({ x: tf.tensor1d(Rng.normals(Rng.key(draw), 1000 + draw)) })
      }
    })
  )

  it.effect("does not explain another number where terms don't cancel", () =>
    on({ onNotCompilable: "fail" }, ({ compile }) => {
      const run = compile<Tensors.Tensors, tf.Tensor>("mean", ({ x }) => tf.mean(tf.square(x!)))
      assert.throws(
        () => whereGraphs(wrong, () => run({ x: tf.tensor1d(Rng.normals(Rng.key(1), 1000)) })),
        CompiledDiffers as never
      )
    })
  )

  for (const optimizer of ["Adam", "AdamW", "RmsProp", "Adagrad", "Sgd"] as const) {
    it.effect(
      `does not stop a bias before batch normalization under ${optimizer}, also in a shorter last batch`,
      () => {
        const size = 8 * 8
        const subject = Effect.map(
          LayersModel.adapt(() =>
            tfl.sequential({
              layers: [
                tfl.layers.conv2d({ inputShape: [8, 8, 1], filters: 8, kernelSize: 3 }),
                tfl.layers.batchNormalization({}),
                tfl.layers.reLU(),
                tfl.layers.flatten(),
                tfl.layers.dense({ units: 3 })
              ]
            })
          ),
          (model) => ({
            task: Task.supervised({ name: "normalized", model, loss: Losses.softmaxCrossEntropy() }),
            config: { until: { epochs: 2 }, batchSize: 16, optimizer: { _tag: optimizer }, learningRate: 0.001 },
            data: {
              train: Data.arrays({
                name: "noise",
                inputs: { shape: [8, 8, 1], values: Rng.normals(Rng.key(3), 37 * size) },
                targets: { shape: [], dtype: "int32", values: Array.from({ length: 37 }, (_, at) => at % 3) }
              })
            }
          })
        )
        return Effect.provide(
          ExecutorLaw.check({
            row: { ...ExecutorRows.row(`a bias before batch normalization, ${optimizer}`), subject }
          }),
          compiled
        )
      }
    )
  }
})
