/** The worker of `measure.ts`: trains in turn with the plan's executor and eagerly, and tells how many steps a second. */
import * as Wasm from "@etude/backend/Wasm"
import * as PlanExecutor from "@etude/compile/PlanExecutor"
import { Callback } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Digits, fetchFrom, first } from "./Digits.ts"
import { train } from "./training.ts"

/** What `measure.ts` asks for. */
export interface Pace {
  /** 0 for eager steps on tfjs' own WASM. */
  readonly threads: number
  readonly steps: number
}

const warmUp = 20
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

const measured = ({ threads, steps }: Pace) =>
  Effect.gen(function* () {
    const all = yield* Effect.promise(() => fetchFrom(new URL(".", location.href)))
    // So many that an epoch has the steps, and no validation is among them.
    const images = Math.ceil(((warmUp + steps) * 64 * 12) / 11) + 12
    return yield* paced(first(all, images), steps)
  }).pipe(
    Effect.scoped,
    Effect.provide(threads === 0 ? backend : Layer.provideMerge(PlanExecutor.layerWith({ threads }), backend))
  )

addEventListener("message", ({ data }: MessageEvent<Pace>) => {
  Effect.runPromise(measured(data)).then(
    (steps) => postMessage(steps),
    (error) => postMessage(String(error))
  )
})
