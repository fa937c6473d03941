/**
 * The worker of `measure.ts`: trains with the plan's executor, eagerly, or by TensorFlow.js' own loop on its own WASM backend, and
 * tells how many steps a second.
 */
import * as Wasm from "@etude/backend/Wasm"
import * as PlanExecutor from "@etude/compile/PlanExecutor"
import { Callback, type Model, Rng } from "@etude/core"
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { completeWasm } from "../../benchmarks/src/CompleteWasm.ts"
import { type Digits, fetchFrom, first, side } from "./Digits.ts"
import { lenet5 } from "./lenet5.ts"
import { train } from "./training.ts"

/** What `measure.ts` asks for. */
export interface Pace {
  /** `plan`: code of Etude's own; `eager`: single operations on Etude's WASM backend; `plain`: tfjs without Etude. */
  readonly as: "plan" | "eager" | "plain"
  /** Of a plan. */
  readonly threads: number
  readonly steps: number
}

const warmUp = 20
const batchSize = 64
const backend = Wasm.layerWith({ paths: new URL(".", location.href).href })

/** Steps a second after the first few. */
const paced = Effect.fnUntraced(function* (digits: Digits, steps: number) {
  let [begin, end] = [Number.NaN, Number.NaN]
  const clock = Callback.observer({
    id: "clock",
    hooks: {
      batchEnd: ({ progress: { step } }) => {
        if (step === warmUp) begin = performance.now()
        if (step === warmUp + steps) end = performance.now()
      }
    }
  })
  yield* train({ digits, epochs: 1, validates: false, callbacks: clock })
  return (1000 * steps) / (end - begin)
})

/** What a user of TensorFlow.js would write, on batches that are tensors already; it measures nothing. */
const plainly = async ({ pixels, labels }: Digits, steps: number): Promise<number> => {
  setWasmPaths(new URL(".", location.href).href)
  await tf.setBackend("wasm")
  completeWasm()
  const batches = Array.from({ length: 16 }, (_, batch) => {
    const [from, to] = [batch * batchSize, (batch + 1) * batchSize]
    const images = tf.tensor4d(Float32Array.from(pixels.subarray(from * side ** 2, to * side ** 2)), [
      64,
      side,
      side,
      1
    ])
    return { images, classes: tf.cast(tf.oneHot(tf.tensor1d(labels.subarray(from, to), "int32"), 10), "float32") }
  })
  const { parameters: initial } = lenet5.init(Rng.key(1998))
  const parameters = Object.fromEntries(Object.entries(initial).map(([path, value]) => [path, tf.variable(value)]))
  const optimizer = tf.train.adam(0.001)
  const train = (step: number) => {
    const { images, classes } = batches[step % batches.length]!
    optimizer.minimize(() => {
      const { outputs } = lenet5.apply({ parameters, statistics: {} }, images, {
        training: true
      } as Model.ForwardContext)
      return tf.losses.softmaxCrossEntropy(classes, outputs) as tf.Scalar
    })
  }
  for (let step = 0; step < warmUp; step++) train(step)
  const begin = performance.now()
  for (let step = 0; step < steps; step++) train(step)
  return (1000 * steps) / (performance.now() - begin)
}

const measured = ({ as, threads, steps }: Pace) =>
  Effect.gen(function* () {
    const all = yield* Effect.promise(() => fetchFrom(new URL(".", location.href)))
    if (as === "plain") return yield* Effect.promise(() => plainly(all, steps))
    // So many that an epoch has the steps, and no validation is among them.
    const images = Math.ceil(((warmUp + steps) * batchSize * 12) / 11) + 12
    const layer = as === "eager" ? backend : Layer.provideMerge(PlanExecutor.layerWith({ threads }), backend)
    return yield* Effect.provide(paced(first(all, images), steps), layer)
  }).pipe(Effect.scoped)

addEventListener("message", ({ data }: MessageEvent<Pace>) => {
  Effect.runPromise(measured(data)).then(
    (steps) => postMessage(steps),
    (error) => postMessage(String(error))
  )
})
