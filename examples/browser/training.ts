/** The run, in a page's worker as in Node. */
import { Trainer } from "@etude/core"
import type { CallbackOf, CallbackRegistry } from "@etude/core/Callback"
import * as Arrays from "@etude/data/Arrays"
import * as Split from "@etude/data/Split"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { type Digits, side } from "./Digits.ts"
import { task } from "./lenet5.ts"

const batchSize = 64

/** A twelfth is held out: 5,000 of 60,000. */
const heldOut = (images: number): number => Math.ceil(images / 12)

const datasets = Effect.fnUntraced(function* ({ pixels, labels }: Digits) {
  const all = yield* Arrays.fromArrays({
    name: "mnist",
    inputs: { values: pixels, shape: [side, side, 1], dtype: "float32" },
    targets: { values: labels, dtype: "int32" }
  })
  const { rest, heldOut: validation } = yield* Split.split(all, { key: 1998, count: heldOut(all.length) })
  return { train: rest, validation }
})

export interface Run {
  readonly digits: Digits
  readonly epochs: number
  /** Four times an epoch. Default: true; else at its end only. */
  readonly validates?: boolean
  readonly callbacks?: Layer.Layer<CallbackOf, never, CallbackRegistry>
}

export const train = Effect.fnUntraced(function* ({ digits, epochs, callbacks, validates = true }: Run) {
  const data = yield* datasets(digits)
  const every = validates ? { steps: Math.max(1, Math.ceil(data.train.length / batchSize / 4)) } : { epochs: 1 }
  const learningRate = { _tag: "Cosine" as const, rate: 0.003, over: { epochs }, minimum: 0.00001 }
  const config = { seed: 1998, batchSize, until: { epochs }, learningRate, validation: { every } }
  return yield* Trainer.train(task, { config, data, ...(callbacks && { callbacks }) })
})

/** How many steps a run has. */
export const stepsOf = (images: number, epochs: number): number =>
  epochs * Math.ceil((images - heldOut(images)) / batchSize)
