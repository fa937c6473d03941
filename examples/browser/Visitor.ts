/**
 * Whoever looks at the page, as callbacks of the run: they see how it goes on, let it wait, end it, and try what it has learned
 * so far.
 */
import { Callback, Decision, Model } from "@etude/core"
import type { TrainState } from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { type Digits, side, size } from "./Digits.ts"
import { lenet5 } from "./lenet5.ts"
import type { ToPage, ToWorker } from "./Messages.ts"

export interface Visitor {
  readonly said: Queue.Dequeue<ToWorker>
  readonly tell: (message: ToPage) => void
  /** An image that was held out, another each time. */
  readonly image: () => Uint8Array
}

/** The images one after the other, and again from the first. */
export const inTurn = ({ pixels, labels }: Digits): (() => Uint8Array) => {
  let next = 0
  return () => {
    const at = next++ % labels.length
    return pixels.slice(at * size, (at + 1) * size)
  }
}

/** How likely the image is each of the ten digits. */
const probabilitiesOf = (state: TrainState, pixels: Uint8Array): ReadonlyArray<number> =>
  tf.tidy(() => {
    const image = tf.tensor4d(Float32Array.from(pixels), [1, side, side, 1])
    return Array.from(tf.softmax(Model.predict(lenet5, state, image)).dataSync())
  })

/** Answers what needs no run. */
export const answer = (message: ToWorker, state: TrainState, { tell, image }: Visitor): void => {
  if (message._tag === "Recognize") tell({ _tag: "Recognized", probabilities: probabilitiesOf(state, message.pixels) })
  if (message._tag === "Draw") tell({ _tag: "Drawn", pixels: image() })
}

/** Between two steps: answers, and waits while the run is to pause. */
const listen = Effect.fnUntraced(function* (state: TrainState, visitor: Visitor) {
  let paused = false
  do {
    const message = yield* Queue.take(visitor.said)
    if (message._tag === "Stop") return Decision.stopRun("you stopped it")
    if (message._tag === "Pause" || message._tag === "Continue") paused = message._tag === "Pause"
    else answer(message, state, visitor)
  } while (paused || Queue.sizeUnsafe(visitor.said) > 0)
  return Decision.proceed
})

const listening = (visitor: Visitor) =>
  Callback.controller({
    id: "listening",
    hooks: {
      batchEnd: {
        when: () => Queue.sizeUnsafe(visitor.said) > 0,
        run: (event) => listen(event.state(), visitor)
      }
    }
  })

const stepsAMessage = 10

/** Tells the means of every few steps, and each validation. */
const telling = ({ tell }: Visitor) => {
  const sum = { steps: 0, loss: 0, accuracy: 0 }
  return Callback.observer({
    id: "telling",
    hooks: {
      batchEnd: ({ progress: { step }, values }) => {
        sum.steps++
        sum.loss += values["loss"] ?? Number.NaN
        sum.accuracy += values["accuracy"] ?? Number.NaN
        if (sum.steps < stepsAMessage) return
        tell({ _tag: "Trained", step, loss: sum.loss / sum.steps, accuracy: sum.accuracy / sum.steps })
        Object.assign(sum, { steps: 0, loss: 0, accuracy: 0 })
      },
      validationEnd: ({ progress: { step }, values }) => {
        const [loss = Number.NaN, accuracy = Number.NaN] = [values["validation/loss"], values["validation/accuracy"]]
        tell({ _tag: "Validated", step, loss, accuracy })
      }
    }
  })
}

export const layer = (visitor: Visitor) => Layer.mergeAll(listening(visitor), telling(visitor))
