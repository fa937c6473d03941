/** A custom checkpoint store that wraps two others, one of which may lose everything. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { MemoryStore, Resume, SaveWhen, Saving } from "@etude/checkpoint"
import { PlanExecutor } from "@etude/compile"
import { Checkpoints, Losses, Model, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const built = Effect.map(Layer.build(Layer.fresh(MemoryStore.layer)), Context.get(Checkpoints.Checkpoints))

/** Saves in both; whatever the first one does not have any more comes from the second. */
const mirrored = (first: Checkpoints.CheckpointsService, second: Checkpoints.CheckpointsService) =>
  Layer.succeed(Checkpoints.Checkpoints, {
    ...first,
    save: (state, description) => Effect.tap(first.save(state, description), () => second.save(state, description)),
    load: (id) => Effect.catchTag(first.load(id), "CheckpointMissing", () => second.load(id)),
    latest: Effect.flatMap(first.latest, (found) => (Option.isSome(found) ? Effect.succeed(found) : second.latest))
  })

const task = Task.supervised({
  name: "a line",
  model: Model.make({
    name: "line",
    init: () => ({ slope: tf.scalar(0) }),
    apply: ({ slope }, x: tf.Tensor) => tf.mul(x, slope)
  }),
  loss: Losses.meanSquaredError
})

const program = Effect.gen(function* () {
  const x = Rng.normals(Rng.key(1), 200)
  const train = yield* Arrays.fromArrays({ inputs: { values: x }, targets: { values: x.map((value) => 3 * value) } })
  const config = { until: { epochs: 2 }, learningRate: 0.05 }
  const [first, second] = [yield* built, yield* built]
  const store = mirrored(first, second)
  const saving = Saving.layer({ when: SaveWhen.everyEpochs(1) })
  yield* Trainer.train(task, { config, data: { train }, callbacks: saving }).pipe(Effect.provide(store))
  const saved = yield* first.list
  yield* Effect.all(saved.map(({ id }) => first.delete(id)))
  const { state } = yield* Resume.point(task, config).pipe(Effect.provide(store))
  return { saved: saved.length, left: (yield* first.list).length, epoch: state.plain.progress.epoch }
})

const { saved, left, epoch } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
console.log(`${saved} checkpoints saved, ${left} left in the first store; the second continues from epoch ${epoch}`)
assert.deepEqual({ saved, left, epoch }, { saved: 2, left: 0, epoch: 2 })
