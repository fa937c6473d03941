import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, assert, it, layer } from "@effect/vitest"
import * as WasmBackend from "@etude/backend/Wasm"
import * as PlanExecutor from "@etude/compile/PlanExecutor"
import type { Dataset } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import { eager, StepExecutor } from "@etude/core/StepExecutor"
import * as Task from "@etude/core/Task"
import * as Trainer from "@etude/core/Trainer"
import type { TrainState } from "@etude/core/TrainState"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as ResumeLaw from "@etude/testing/laws/ResumeLaw"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import jpeg from "jpeg-js"
import * as Augment from "../src/Augment.ts"
import * as Workers from "../src/Workers.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { augmented, plain, recipe } from "./support/workers/augmentedImages.ts"

const { folder, remove } = temporaryFolder()
afterAll(remove)

for (let image = 0; image < 12; image++) {
  const place = path.join(folder, image % 2 === 0 ? "even" : "odd")
  fs.mkdirSync(place, { recursive: true })
  const data = Uint8Array.from(Rng.uniforms(Rng.key(image), 20 * 16 * 4, 0, 256), Math.floor)
  fs.writeFileSync(path.join(place, `${image}.jpg`), jpeg.encode({ width: 20, height: 16, data }, 90).data)
}

const linear = Model.make({
  name: "linear",
  init: () => ({ kernel: tf.zeros([8 * 8 * 3, 2]), bias: tf.zeros([2]) }),
  apply: ({ kernel, bias }, inputs: tf.Tensor) => tf.add(tf.matMul(tf.reshape(inputs, [-1, 8 * 8 * 3]), kernel), bias)
})

const train = plain({ folder })
const taskOf = (model: Model.Model<any, tf.Tensor>) =>
  Task.supervised({ name: "images", model, loss: Losses.softmaxCrossEntropy() })
const config = { batchSize: 5, until: { epochs: 2 }, optimizer: { _tag: "Sgd" }, learningRate: 0.1 } as const
const augmenting = Effect.map(train, (dataset) =>
  taskOf(Augment.inStep(linear, recipe, { range: Augment.rangeOf(dataset) }))
)

const read = (dataset: Dataset, draw: Draw.Draw, indices: ReadonlyArray<number>) => {
  const batch = dataset.read(Int32Array.from(indices), draw)
  return Effect.isEffect(batch) ? batch : Effect.succeed(batch)
}

it.live("threads change no draw of a folder of images that is augmented", () =>
  Effect.gen(function* () {
    const here = yield* augmented({ folder })
    const threads = yield* Workers.dataset(new URL("./support/workers/augmentedImages.ts", import.meta.url), {
      export: "augmented",
      options: { folder },
      workers: 2
    })
    for (let epoch = 0; epoch < 3; epoch++) {
      const draw = Draw.ofEpoch(7, epoch)
      for (const indices of [[3, 1, 4, 11], [5, 9, 2], [0]]) {
        assert.deepStrictEqual(yield* read(threads, draw, indices), yield* read(here, draw, indices))
      }
    }
  }).pipe(Effect.scoped)
)

layer(CpuBackend.layer)("law 1", (it) => {
  it.effect("holds for a folder of images, augmented on the host", () =>
    Effect.gen(function* () {
      const data = { train: yield* Augment.onHost(yield* train, recipe), validation: yield* train }
      yield* ResumeLaw.check({ name: "images", task: taskOf(linear), config, data })
    })
  )

  it.effect("holds for a folder of images, augmented in the step", () =>
    Effect.gen(function* () {
      const data = {
        train: yield* Augment.draws(yield* train, recipe),
        validation: yield* Augment.draws(yield* train, recipe)
      }
      yield* ResumeLaw.check({ name: "images", task: yield* augmenting, config, data })
    })
  )
})

const compiled = Layer.provideMerge(PlanExecutor.layer, WasmBackend.layer)

layer(compiled)("compiled", (it) => {
  it.effect("a run augmented in the step is the same when it is resumed, and learns what the eager one learns", () =>
    Effect.gen(function* () {
      const [task, drawn] = [yield* augmenting, yield* Augment.draws(yield* train, recipe)]
      const run = (steps: number, state?: TrainState) =>
        Trainer.train(task, {
          config: { ...config, until: { steps } },
          data: { train: drawn },
          ...(state && { state })
        })
      const kernel = (state: TrainState) => Array.from(state.parameters["kernel"]?.dataSync() ?? [])
      const whole = kernel((yield* run(5)).state)
      const resumed = yield* run(5, (yield* run(2)).state)
      assert.deepStrictEqual(kernel(resumed.state), whole)
      const eagerly = yield* Effect.provideService(run(5), StepExecutor, eager)
      for (const [index, value] of kernel(eagerly.state).entries()) assert.closeTo(value, whole[index]!, 1e-4)
      assert.isTrue(whole.some((value) => Math.abs(value) > 1e-3))
    }).pipe(Effect.scoped)
  )
})
