/** Small models of each kind train as well compiled as eagerly, in code of Etude's own, and alike on the backends. */
import { assert, describe, it } from "@effect/vitest"
import { Cpu, Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { type Loss, perSample } from "@etude/core/Loss"
import type { Model } from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import { StepExecutor } from "@etude/core/StepExecutor"
import * as Task from "@etude/core/Task"
import * as BackendLaw from "@etude/testing/laws/BackendLaw"
import * as ExecutorLaw from "@etude/testing/laws/ExecutorLaw"
import * as Data from "@etude/testing/subjects/Data"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Context from "effect/Layer"
import { Gpt2, Lora, MobileNet, Pruning, ResNet, VisionTransformer } from "../src/index.ts"

const samples = 5
const images = {
  values: Rng.normals(Rng.key(2), samples * 16 * 16 * 3),
  shape: [16, 16, 3],
  dtype: "float32"
} as const
const ids = {
  values: Int32Array.from(Rng.uniforms(Rng.key(1), samples * 6, 0, 20)),
  shape: [6],
  dtype: "int32"
} as const

interface Tried {
  readonly name: string
  readonly model: Model<tf.Tensor, tf.Tensor>
  readonly inputs: typeof images | typeof ids
}

const gpt2 = Gpt2.model({ layers: 2, heads: 2, width: 8, tokens: 20, positions: 6 })
const models: ReadonlyArray<Tried> = [
  { name: "resnet", model: ResNet.model({ blocks: [1, 1], width: 4, classes: 3, size: 16 }), inputs: images },
  {
    name: "mobilenet",
    model: MobileNet.model({
      stages: [{ expansion: 6, channels: 8, blocks: 2, strides: 2 }],
      width: 0.25,
      classes: 3,
      size: 16
    }),
    inputs: images
  },
  {
    name: "vit",
    model: VisionTransformer.model({ size: 16, patch: 4, layers: 2, heads: 2, width: 8, classes: 3, dropout: 0.1 }),
    inputs: images
  },
  { name: "gpt2", model: gpt2, inputs: ids },
  {
    name: "gpt2, pruned",
    model: Pruning.apply(gpt2, {
      "blocks/0/expand/kernel": { shape: [8, 32], kept: Uint8Array.from({ length: 256 }, (_, index) => index % 2) }
    }),
    inputs: ids
  },
  { name: "gpt2 with LoRA", model: Lora.apply(gpt2, { rank: 2 }), inputs: ids }
]

/** ½ of the squared distance to 0.3, which has no target. */
const loss: Loss<tf.Tensor, tf.Tensor> = {
  name: "distance",
  fields: { targets: [] },
  values: (outputs) => perSample(tf.mul(tf.square(tf.sub(outputs, 0.3)), 0.5))
}

const subjectOf = ({ name, model, inputs }: Tried): Omit<Trajectory.Subject, "name"> => ({
  task: Task.supervised({ name, model, loss: { loss: { loss } } }),
  data: { train: Data.arrays({ name, inputs }) },
  config: ExecutorRows.config
})

const executor = PlanExecutor.layerWith({ onNotCompilable: "fail", native: "off", threads: 1 })
const compiled = executor.pipe(Context.provideMerge(Wasm.layer))

/** The executor, with what it tells of kernels that it leaves to the backend. */
const watched = Effect.map(StepExecutor, (executor) => {
  const notes: Array<string> = []
  const takeNotes = () => {
    const taken = executor.takeNotes?.() ?? []
    notes.push(...taken)
    return taken
  }
  return { executor: { ...executor, takeNotes }, notes }
})

describe("compiled", () => {
  for (const tried of models) {
    const row = ExecutorRows.row(tried.name, subjectOf(tried))
    it.live(`${tried.name} equals eager, and is reproducible`, () =>
      Effect.provide(ExecutorLaw.check({ row }), compiled)
    )
    it.live(`${tried.name} is code of Etude's own alone`, () =>
      Effect.gen(function* () {
        const { executor, notes } = yield* watched
        const run = Trajectory.record({ ...subjectOf(tried), name: tried.name })
        yield* Effect.provideService(run, StepExecutor, executor)
        assert.deepStrictEqual([...notes, ...(executor.takeNotes() ?? [])], [])
      }).pipe(Effect.scoped, Effect.provide(compiled))
    )
  }
})

describe("on cpu and wasm", () => {
  for (const tried of models) {
    it.live(`${tried.name} trains alike`, () =>
      BackendLaw.check({
        ...subjectOf(tried),
        name: tried.name,
        // Rounding grows through MobileNet's eight normalizations of five samples: by the fifth step past the tolerance.
        steps: 3,
        backends: { cpu: Cpu.layer, wasm: Wasm.layer }
      })
    )
  }
})
