/** What a config puts around an optimizer gives what loops of PyTorch give that do the same by hand. */
import { readFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as Registry from "@etude/core/Registry"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as Trainer from "@etude/core/Trainer"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as Data from "@etude/testing/subjects/Data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { plugin } from "../src/plugin.ts"

type Flat = { readonly [path: string]: ReadonlyArray<number> }
interface Fixture {
  readonly steps: number
  readonly samples: number
  readonly inputs: ReadonlyArray<number>
  readonly targets: ReadonlyArray<number>
  readonly shapes: { readonly [path: string]: Array<number> }
  readonly initial: Flat
  readonly cases: ReadonlyArray<{
    readonly name: string
    readonly train: TrainConfigInput
    readonly parameters: Flat
  }>
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("../fixtures/around.json", import.meta.url), "utf8"))

const model = Model.make({
  name: "two layers",
  init: () =>
    Object.fromEntries(
      Object.entries(fixture.initial).map(([path, values]) => [path, tf.tensor([...values], fixture.shapes[path])])
    ),
  apply: (parameters: Tensors.Tensors, x: tf.Tensor) => {
    const through = (inputs: tf.Tensor, name: string) => {
      const kernel = Tensors.get(parameters, `${name}/kernel`)
      return tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), Tensors.get(parameters, `${name}/bias`))
    }
    return through(tf.tanh(through(x, "first")), "last")
  }
})
const task = Task.supervised({ name: "around", model, loss: Losses.meanSquaredError })
const train = Data.arrays({
  name: "six",
  inputs: { shape: [4], values: fixture.inputs },
  targets: { shape: [2], values: fixture.targets }
})

layer(CpuBackend.layer)("twenty updates are those of a loop by hand", (it) => {
  for (const { name, train: own, parameters } of fixture.cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const config = { batchSize: fixture.samples, shuffle: false, until: { steps: fixture.steps }, ...own }
        const { state } = yield* Trainer.train(task, { config, data: { train } })
        for (const [path, expected] of Object.entries(parameters)) {
          const found = Tensors.get(state.parameters, path).dataSync()
          for (const [index, wanted] of expected.entries())
            assert.approximately(found[index] ?? Number.NaN, wanted, 2e-5, `${path}[${index}]`)
        }
      }).pipe(Effect.scoped, Effect.provideService(Registry.Registry, Registry.extend(Registry.core, plugin)))
    )
  }
})
