/**
 * Laws 1 and 2 for every reader, in the trainer's thread and in threads of its own: a run that is cut after any step and resumed is
 * the unbroken one, and the same seed gives the same run whoever reads.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { type Dataset, isSpec } from "@etude/core/Dataset"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as Registry from "@etude/core/Registry"
import * as Task from "@etude/core/Task"
import { sizeOf } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as laws from "@etude/testing/Laws"
import * as ResumeLaw from "@etude/testing/laws/ResumeLaw"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Parquet from "../src/Parquet.ts"
import * as Workers from "../src/Workers.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { open, readers, rowGroups, writeFiles } from "./support/workers/readers.ts"

const { folder, remove } = temporaryFolder()
afterAll(remove)
writeFiles(folder)

const inThreads = (name: string) =>
  Workers.dataset(new URL("./support/workers/readers.ts", import.meta.url), {
    export: "open",
    options: { name, folder },
    workers: 2
  })

/** More than any reader's labels and tokens here; classes of sets by name are up to 100. */
const classes = 100

/** A linear layer from all inputs, flattened, to the logits of each target. */
const taskOf = ({ spec: { inputs, targets } }: Dataset) => {
  const specs = isSpec(inputs) ? [inputs] : Object.values(inputs)
  const features = specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const shape = targets !== undefined && isSpec(targets) ? targets.shape : []
  const flat = (values: tf.Tensor) => tf.reshape(tf.cast(values, "float32"), [values.shape[0] ?? 0, -1])
  const model = Model.make({
    name: "linear",
    init: () => ({ kernel: tf.zeros([features, sizeOf(shape) * classes]) }),
    apply: ({ kernel }, values: tf.Tensor | { readonly [name: string]: tf.Tensor }) => {
      const all = values instanceof tf.Tensor ? flat(values) : tf.concat(Object.values(values).map(flat), 1)
      return tf.reshape(tf.matMul(all, kernel), [-1, ...shape, classes])
    }
  })
  return Task.supervised({ name: "reading", model, loss: Losses.softmaxCrossEntropy() })
}

/** Up to four batches an epoch, the last of them short where it can be, in microbatches. */
const subjectOf = (name: string, train: Dataset): Trajectory.Subject => {
  const batchSize = Math.ceil(train.length / 3.5)
  const config = { seed: 4, batchSize, microbatchSize: Math.ceil(batchSize / 2), until: { epochs: 2 } } as const
  const optimizer = { _tag: "Sgd" } as const
  return { name, task: taskOf(train), config: { ...config, optimizer, learningRate: 0.001 }, data: { train } }
}

describe.each(Object.keys(readers))("%s", (name) => {
  laws.dataset(open({ name, folder }), { name })

  it.effect("a run cut after any step and resumed is the unbroken run", () =>
    Effect.gen(function* () {
      yield* ResumeLaw.check(subjectOf(name, yield* open({ name, folder })))
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )

  it.effect("threads give the run that the same seed gives without them, whole and resumed", () =>
    Effect.gen(function* () {
      const here = yield* Trajectory.record(subjectOf(name, yield* open({ name, folder })))
      const subject = subjectOf(name, yield* inThreads(name))
      const threads = yield* Trajectory.record(subject)
      assert.isUndefined(Trajectory.difference(threads, here))
      assert.isAtLeast(here.batches.length, 4)
      const first = yield* Trajectory.record(subject, { config: { until: { steps: 2 } } })
      const rest = yield* Trajectory.record(subject, { state: Trajectory.throughJson(first.state) })
      assert.isUndefined(Trajectory.difference(Trajectory.joined(first, rest), here))
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )
})

describe("Parquet.sampler", () => {
  it.effect("enters an epoch of row groups at any batch", () =>
    Effect.gen(function* () {
      const train = yield* rowGroups()
      const tag = "RowGroups"
      const make = () => Parquet.sampler(train, { groups: 2 })
      const entry = { tag, schema: Schema.TaggedStruct(tag, {}), make }
      const subject = subjectOf("row groups", train)
      const config = { ...subject.config, sampler: { _tag: tag } }
      const registry = Registry.extend(Registry.core, { samplers: [entry] })
      yield* Effect.provideService(ResumeLaw.check({ ...subject, config }), Registry.Registry, registry)
      assert.isAbove(train.rowGroups.length, 3)
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )

  const rowGroupStarts = [0, 16, 32, 32, 48, 50]
  laws.sampler(Parquet.sampler({ rowGroups: rowGroupStarts }, { groups: 2 }), {
    name: "Parquet.sampler",
    distinct: true
  })
})
