/** Every layer trains as well compiled as eagerly, in code of Etude's own, and alike on the backends. */
import { assert, describe, it } from "@effect/vitest"
import { Cpu, Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { type Loss, perSample } from "@etude/core/Loss"
import { StepExecutor } from "@etude/core/StepExecutor"
import * as Task from "@etude/core/Task"
import { isTensor, type TensorOrRecord } from "@etude/core/Tensors"
import * as BackendLaw from "@etude/testing/laws/BackendLaw"
import * as ExecutorLaw from "@etude/testing/laws/ExecutorLaw"
import * as Data from "@etude/testing/subjects/Data"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Context from "effect/Layer"
import { Layer } from "../src/index.ts"
import { fieldsOf, layers, specsOf, type Tried } from "./support/Tried.ts"

/** Something to learn before each layer: gradients must come through it. */
const scale = Layer.make({
  kind: "scale",
  init: (_, { shape }) => ({ factor: tf.ones([...shape]), offset: tf.zeros([...shape]) }),
  apply: ({ factor, offset }, x: tf.Tensor) => tf.add(tf.mul(x, factor), offset)
})

/** Scales what is not a token or a mask, and then the layer; of the layer's own inputs and outputs. */
const network = ({ layer, inputs }: Tried): Layer.Layer<any, any> => {
  if (inputs[""]?.tokens !== undefined) return layer
  return inputs[""] === undefined
    ? Layer.compose({ scale, layer }, ({ scale, layer }, { x, ...others }: { readonly [name: string]: tf.Tensor }) =>
        layer({ ...others, x: scale(x ?? assert.fail("no x")) })
      )
    : Layer.compose({ scale, layer }, ({ scale, layer }, x: tf.Tensor) => layer(scale(x)))
}

/** ½ of the squared distance to 0.3, which has no target. */
const loss: Loss<TensorOrRecord, TensorOrRecord> = {
  name: "distance",
  fields: { targets: [] },
  values: (outputs) =>
    perSample(tf.mul(tf.square(tf.sub(isTensor(outputs) ? outputs : assert.fail("several outputs"), 0.3)), 0.5))
}

const subjectOf = (tried: Tried): Omit<Trajectory.Subject, "name"> => {
  const model = Layer.model(tried.name, network(tried), { inputs: specsOf(tried.inputs) })
  const samples = fieldsOf(tried.inputs, 5)
  return {
    task: Task.supervised({ name: tried.name, model, loss: { loss: { loss } } }),
    data: { train: Data.arrays({ name: tried.name, inputs: samples }) },
    config: ExecutorRows.config
  }
}

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
  for (const tried of layers) {
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

it.live("a kernel that the backend runs is told of", () =>
  Effect.gen(function* () {
    const crop = (x: tf.Tensor) => {
      const boxes = tf.tensor2d([[0, 0, 0.5, 0.5]])
      return tf.mean(tf.image.cropAndResize(x as tf.Tensor4D, boxes, tf.tensor1d([0], "int32"), [2, 2]))
    }
    const cropped = Layer.fromFunction((x: tf.Tensor) => {
      // It has no gradient in tfjs.
      const constant = tf.customGrad((of) => ({
        value: crop(of as tf.Tensor),
        gradFunc: () => tf.zeros(x.shape)
      }))
      return tf.add(x, constant(x))
    })
    const { executor, notes } = yield* watched
    const subject = subjectOf({ name: "crop", layer: cropped, inputs: { "": { shape: [4, 4, 1] } } })
    yield* Effect.provideService(Trajectory.record({ ...subject, name: "crop" }), StepExecutor, executor)
    assert.include([...notes, ...(executor.takeNotes() ?? [])].join(), "CropAndResize")
  }).pipe(Effect.scoped, Effect.provide(compiled))
)

describe("on cpu and wasm", () => {
  for (const tried of layers) {
    it.live(`${tried.name} trains alike`, () =>
      BackendLaw.check({
        ...subjectOf(tried),
        name: tried.name,
        steps: 5,
        backends: { cpu: Cpu.layer, wasm: Wasm.layer }
      })
    )
  }
})
