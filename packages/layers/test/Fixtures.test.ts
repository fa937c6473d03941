import { readFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import { get, type Tensors, tidy } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layers from "../src/index.ts"

interface Stored {
  readonly shape: Array<number>
  readonly values: Array<number>
}
type Fields = { readonly [path: string]: Stored }
interface Case {
  readonly name: string
  readonly layer: string
  readonly args: ReadonlyArray<any> // the arguments of each layer
  readonly training: boolean
  readonly inputs: Stored
  readonly parameters: Fields
  readonly statistics: Fields
  readonly outputs: Stored
  readonly dy: Stored
  readonly inputGradient: Stored
  readonly gradients: Fields
  readonly after: Fields
}
const { cases }: { readonly cases: ReadonlyArray<Case> } = JSON.parse(
  readFileSync(new URL("../fixtures/layers.json", import.meta.url), "utf8")
)

const makers: { readonly [name: string]: (...args: any) => Layers.Layer.Layer } = {
  dense: Layers.dense,
  conv1d: Layers.conv1d,
  conv2d: Layers.conv2d,
  conv3d: Layers.conv3d,
  depthwiseConv2d: Layers.depthwiseConv2d,
  transposedConv2d: Layers.transposedConv2d,
  batchNorm: Layers.batchNorm,
  layerNorm: Layers.layerNorm,
  rmsNorm: Layers.rmsNorm,
  groupNorm: Layers.groupNorm,
  maxPool: Layers.maxPool,
  averagePool: Layers.averagePool,
  globalAveragePool: Layers.globalAveragePool,
  globalMaxPool: Layers.globalMaxPool
}

const tensorOf = ({ values, shape }: Stored): tf.Tensor => tf.tensor(values, shape, "float32")
const tensorsOf = (fields: Fields): Tensors =>
  Object.fromEntries(Object.entries(fields).map(([path, stored]) => [path, tensorOf(stored)]))

const assertNear = (what: string, found: tf.Tensor, expected: Stored | undefined) => {
  assert.deepStrictEqual(found.shape, expected?.shape, `${what}: shape`)
  const values = found.dataSync()
  for (const [index, wanted] of (expected?.values ?? []).entries()) {
    const value = values[index] ?? Number.NaN
    const isNear = Math.abs(value - wanted) <= 2e-5 * Math.abs(wanted) + 2e-5
    assert.isTrue(isNear, `${what}: value ${index} is ${value}, expected ${wanted}`)
  }
}

layer(CpuBackend.layer)("outputs, gradients and statistics are those of PyTorch", (it) => {
  for (const one of cases) {
    it.effect(`${one.layer}: ${one.name}`, () =>
      Effect.sync(() =>
        tidy(() => {
          const layer = makers[one.layer]?.(...one.args) ?? assert.fail(`no layer ${one.layer}`)
          const spec = { shape: one.inputs.shape.slice(1), dtype: "float32" } as const
          const initialized = layer.initialize(Rng.key(1), spec)
          const paths = Object.keys(one.parameters)
          const shapesOf = (fields: { readonly [path: string]: { readonly shape: ReadonlyArray<number> } }) =>
            Object.fromEntries(Object.entries(fields).map(([path, { shape }]) => [path, shape]))
          assert.deepStrictEqual(shapesOf(initialized.variables.parameters), shapesOf(one.parameters))
          assert.deepStrictEqual(shapesOf(initialized.variables.statistics), shapesOf(one.statistics))
          assert.deepStrictEqual(initialized.outputs.shape, one.outputs.shape.slice(1))

          const random = RandomBits.make({ key: tf.tensor1d([0, 0], "int32"), batchSize: 4 })
          const statistics = tensorsOf(one.statistics)
          const forward = (x: tf.Tensor, ...leaves: ReadonlyArray<tf.Tensor>) => {
            const parameters = Object.fromEntries(paths.map((path, index) => [path, leaves[index] ?? x]))
            return layer.apply({ parameters, statistics }, x, { training: one.training, random })
          }
          const [x, leaves] = [tensorOf(one.inputs), Object.values(tensorsOf(one.parameters))]
          const { outputs, statistics: after } = forward(x, ...leaves)
          assertNear("outputs", outputs, one.outputs)
          const loss = (first: tf.Tensor, ...rest: ReadonlyArray<tf.Tensor>): tf.Scalar =>
            tf.sum(tf.mul(forward(first, ...rest).outputs, tensorOf(one.dy)))
          const [byInput, ...byParameters] = tf.grads((...all: Array<tf.Tensor>) => loss(all[0] ?? x, ...all.slice(1)))(
            [x, ...leaves]
          )
          assertNear("gradient by inputs", byInput ?? x, one.inputGradient)
          for (const [index, path] of paths.entries()) {
            assertNear(`gradient by ${path}`, byParameters[index] ?? x, one.gradients[path])
          }
          if (one.training) for (const path in one.after) assertNear(path, get(after ?? {}, path), one.after[path])
          else assert.isUndefined(after)
          return outputs
        })
      )
    )
  }
})
