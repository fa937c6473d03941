/** tfjs's gradients on one backend: those that it has, those that it lacks, and its tape put right. */
import * as Effect from "effect/Effect"
import * as Gradients from "../Gradients.ts"
import * as Tape from "../Tape.ts"
import { gradients } from "./all.ts"

/** Completes the gradients of the tfjs backend `backend` until the scope closes. */
export const completed = Effect.fnUntraced(function* (backend: string) {
  // tfjs-core alone knows no gradients: loading tfjs-layers registers them.
  yield* Effect.promise(() => import("@tensorflow/tfjs-layers"))
  yield* Gradients.install(backend, gradients)
  yield* Tape.install
})
