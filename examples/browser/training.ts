/** The run, in a page's worker as in Node. */
import { Trainer } from "@etude/core"
import type { CallbackOf, CallbackRegistry } from "@etude/core/Callback"
import * as Arrays from "@etude/data/Arrays"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { type Digits, heldOutOf, side, split } from "./Digits.ts"
import { task } from "./lenet5.ts"

const batchSize = 64

const datasetOf = (name: string, { pixels, labels }: Digits) =>
  Arrays.fromArrays({
    name,
    inputs: { values: pixels, shape: [side, side, 1], dtype: "float32" },
    targets: { values: labels, dtype: "int32" }
  })

export interface Run {
  readonly digits: Digits
  readonly epochs: number
  /** Four times an epoch. Default: true; else at its end only. */
  readonly validates?: boolean
  readonly callbacks?: Layer.Layer<CallbackOf, never, CallbackRegistry>
}

export const train = Effect.fnUntraced(function* ({ digits, epochs, callbacks, validates = true }: Run) {
  const { train, heldOut } = split(digits)
  const data = { train: yield* datasetOf("digits", train), validation: yield* datasetOf("heldOut", heldOut) }
  const every = validates ? { steps: Math.max(1, Math.ceil(data.train.length / batchSize / 4)) } : { epochs: 1 }
  const learningRate = { _tag: "Cosine" as const, rate: 0.003, over: { epochs }, minimum: 0.00001 }
  const config = { seed: 1998, batchSize, until: { epochs }, learningRate, validation: { every } }
  return yield* Trainer.train(task, { config, data, ...(callbacks && { callbacks }) })
})

/** How many steps a run has. */
export const stepsOf = (images: number, epochs: number): number =>
  epochs * Math.ceil((images - heldOutOf(images)) / batchSize)
