import { assert, describe, it } from "@effect/vitest"
import type { Loss } from "@etude/core/Loss"
import * as Losses from "@etude/core/Losses"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import * as laws from "../src/Laws.ts"
import * as LossLaw from "../src/laws/LossLaw.ts"

const real = (key: number, ...shape: ReadonlyArray<number>) => ({
  values: Rng.normals(
    Rng.key(key),
    shape.reduce((size, side) => size * side, 1)
  ),
  shape
})
const labels = { values: Int32Array.of(0, 2, 1, 2), shape: [4] }
const samples = { outputs: real(1, 4, 3), targets: real(2, 4, 3) }
const zeroOne = { values: Float32Array.of(1, 0, 1, 0, 0, 1, 0.3, 0.9, 1, 1, 0, 0), shape: [4, 3] }

laws.loss(Losses.meanSquaredError, samples)
laws.loss(Losses.softmaxCrossEntropy({ classWeights: [1, 2, 3] }), { outputs: real(1, 4, 3), targets: labels })
laws.loss(Losses.binaryCrossEntropy(), { outputs: real(1, 4, 3), targets: zeroOne })

const caught = (name: string, loss: Loss, statement: number, message: string) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const law = LossLaw.of(loss, samples)[statement] ?? assert.fail("no such law")
      assert.strictEqual((yield* Effect.flip(law.check)).message, message)
    }).pipe(Effect.provide(Cpu.layer))
  )
const error = (outputs: tf.Tensor, targets: tf.Tensor) => tf.square(tf.sub(outputs, targets))

/** The square, with half its gradient. */
const halfAsSteep = (x: tf.Tensor) =>
  tf.customGrad((of, save) => {
    ;(save as tf.GradSaveFunc)([of as tf.Tensor])
    return {
      value: tf.square(of as tf.Tensor),
      gradFunc: (dy: tf.Tensor, [saved = dy]: Array<tf.Tensor>) => tf.mul(dy, saved)
    }
  })(x)

describe("the laws of losses catch", () => {
  caught(
    "a mean over the batch",
    { name: "mean", values: (x, y) => tf.mean(error(x, y)) },
    0,
    'mean breaks the law "loss": of 4 samples it gives [] instead of [4] or [4, …]. To reproduce: call values with all samples.'
  )
  let kept: Array<tf.Tensor> = []
  caught(
    "one that keeps a tensor",
    {
      name: "keeping",
      values: (x, y) => {
        kept = [...kept, tf.keep(tf.zeros([1]))]
        return error(x, y)
      }
    },
    1,
    'keeping breaks the law "loss": 2 tensors are left. To reproduce: call values twice inside of tf.tidy, and read tf.memory().numTensors before and after.'
  )
  let calls = 0
  caught(
    "one that counts its calls",
    { name: "counting", values: (x, y) => tf.mul(error(x, y), ++calls) },
    1,
    'counting breaks the law "loss": its value the second time is 7.568670749664307 instead of 3.7843353748321533 at element 0. To reproduce: call values twice with all samples.'
  )
  caught(
    "one that compares a sample with the mean of its batch",
    { name: "centred", values: (x, y) => tf.mean(error(tf.sub(x, tf.mean(x, 0)), y), 1) },
    2,
    'centred breaks the law "loss": the value of sample 0 alone is 0.837793231010437 instead of 2.8828670978546143. To reproduce: compare it with that of the whole batch.'
  )
  caught(
    "half a gradient",
    { name: "halved", values: (x, y) => halfAsSteep(tf.sub(x, y)) },
    3,
    'halved breaks the law "loss": its gradient by element 0 of the outputs is 0.20011630654335022, and 0.40023271889276657 by finite differences. To reproduce: call GradientCheck.gradientCheck with these samples.'
  )
  caught(
    "one whose values depend on the size of the batch",
    { name: "shared", values: (x, y) => tf.div(error(x, y), x.shape[0] ?? 1) },
    4,
    'shared breaks the law "microbatches": with microbatches of 1, loss is 4.222067658824363 instead of 1.0555169147060908 in batch 1 of epoch 1 (step 1). To reproduce: train it with microbatchSize 1 and without, and compare.'
  )
})
