/** A run as one number: everything that happened, and every bit of the state that it ends with. */
import { createHash } from "node:crypto"
import { Wasm } from "@etude/backend"
import type { StepExecutor } from "@etude/core"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** SHA-256 of batches, decisions and tensors, in hexadecimal. */
export const of = ({ batches, decisions, state }: Trajectory.Trajectory): string => {
  const hash = createHash("sha256").update(JSON.stringify({ batches, decisions }))
  for (const path of Object.keys(state.tensors).sort()) {
    const { values, shape, dtype } = state.tensors[path]!
    hash.update(JSON.stringify({ path, shape, dtype }))
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return hash.digest("hex")
}

/** Of a run with this executor, recorded on the WASM backend as everywhere. */
export const run = <E>(subject: Trajectory.Subject, executor: Layer.Layer<StepExecutor.StepExecutor, E>) =>
  Effect.map(Trajectory.record(subject), of).pipe(Effect.provide(executor.pipe(Layer.provideMerge(Wasm.layer))))
