/**
 * Which tensors of a state are in which file. A tensor's name in a file is its way through the state, such as
 * `parameters/conv1/kernel`: no two files have a name in common.
 *
 * `model.safetensors` holds what the model is now, and nothing else, so that other tools load it without sorting out. Kept
 * best weights and those to roll back to are copies with their own files, which exist only when needed.
 */
import { CheckpointError } from "@etude/core/Errors"
import type { Tensors } from "@etude/core/Tensors"
import { named, type TensorGroup, type TrainState } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Safetensors from "./Safetensors.ts"

interface TensorFile {
  readonly name: string
  readonly groups: ReadonlyArray<TensorGroup>
  /** Whether it is there without tensors too. */
  readonly always: boolean
}

const files: ReadonlyArray<TensorFile> = [
  { name: "model.safetensors", groups: ["parameters", "statistics"], always: true },
  { name: "optimizer.safetensors", groups: ["slots"], always: true },
  { name: "callbacks.safetensors", groups: ["callbacks"], always: true },
  { name: "best.safetensors", groups: ["best"], always: false },
  { name: "rollback.safetensors", groups: ["rollback"], always: false },
  { name: "last.safetensors", groups: ["last"], always: false }
]

/** The files that every checkpoint has. */
export const required: ReadonlyArray<string> = files.filter(({ always }) => always).map(({ name }) => name)

/** The groups whose tensors a file may hold; none for a file that holds no tensors. */
export const groupsOf = (file: string): ReadonlyArray<string> => files.find(({ name }) => name === file)?.groups ?? []

/** A file that is to be written. */
export interface Planned {
  readonly name: string
  readonly layout: Safetensors.Layout
  readonly tensors: Tensors
}

const dtypes: ReadonlyArray<string> = ["float32", "int32", "bool"]

/** The files of a state. No tensor is read. */
export const plan = (state: TrainState, path: string): Effect.Effect<ReadonlyArray<Planned>, CheckpointError> =>
  Effect.gen(function* () {
    const planned: Array<Planned> = []
    for (const { name, groups, always } of files) {
      const tensors: Tensors = Object.fromEntries(groups.flatMap((group) => Object.entries(named(state, group))))
      if (!always && Object.keys(tensors).length === 0) continue
      const odd = Object.entries(tensors).filter(([, { dtype }]) => !dtypes.includes(dtype))
      if (odd.length > 0) {
        const list = odd.map(([tensor, { dtype }]) => `${tensor} is ${dtype}`).join(", ")
        return yield* new CheckpointError({ path, reason: `${list}, and only ${dtypes.join(", ")} can be stored` })
      }
      planned.push({ name, layout: Safetensors.layout(tensors as Safetensors.TensorSpecs), tensors })
    }
    return planned
  })
