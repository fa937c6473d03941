/**
 * The parameters and statistics of a run in `model.safetensors`, under `parameters/…` and `statistics/…`, and averages of
 * parameters that callbacks kept under `callbacks/<id>/…`. The metadata says what they are: the experiment, the hash of its
 * config, and where the run was.
 */
import { readFileSync } from "node:fs"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import { Progress } from "@etude/core/Progress"
import type { Task } from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as Trainer from "@etude/core/Trainer"
import * as TrainState from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type RunNotWritten, RunUnusable } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"
import * as RunFolder from "./RunFolder.ts"

const groups = ["parameters", "statistics"] as const
const ProgressJson = Schema.fromJsonString(Progress)

export interface Description {
  readonly experiment: string
  readonly configHash: string
}

/** Writes the model of a state; the file of an earlier moment is replaced. */
export const write = (
  folder: string,
  state: TrainState.TrainState,
  { experiment, configHash }: Description
): Effect.Effect<void, RunNotWritten> =>
  Effect.suspend(() => {
    const { tensors } = TrainState.toData({
      ...state,
      slots: {},
      callbacks: TrainState.averages(state),
      best: {},
      rollback: {},
      last: {}
    })
    // Without the time it took: equal weights make equal files.
    const progress = Schema.encodeSync(ProgressJson)({ ...state.plain.progress, elapsedSeconds: 0 })
    const bytes = Safetensors.encode(tensors, { format: "etude", experiment, configHash, progress })
    return RunFolder.write(RunFolder.modelFile(folder), bytes)
  })

const text = (shape: ReadonlyArray<number>, dtype: string) => `[${shape.join(", ")}] ${dtype}`

/** What the file holds against what the task begins with: everything that is missing, left over or of another shape. */
const misfits = (tensors: Safetensors.Contents["tensors"], task: Task, seed: number): ReadonlyArray<string> => {
  const weights = Trainer.initialWeights(task, seed)
  const expected = Object.fromEntries(
    groups.flatMap((group) =>
      Object.entries(weights[group]).map(([path, { shape, dtype }]) => [`${group}/${path}`, text(shape, dtype)])
    )
  )
  for (const group of groups) Tensors.dispose(weights[group])
  const own = Object.keys(tensors).filter((path) => !path.startsWith("callbacks/"))
  return [...new Set([...Object.keys(expected), ...own])].flatMap((path) => {
    const found = tensors[path]
    const [is, should] = [found === undefined ? undefined : text(found.shape, found.dtype), expected[path]]
    return is === should ? [] : [`${path} is ${is ?? "missing"}, expected ${should ?? "nothing of that name"}`]
  })
}

/** The state that a run folder's model holds, for a task. Its tensors live as long as the scope. */
export const read = (
  folder: string,
  task: Task,
  seed: number
): Effect.Effect<TrainState.TrainState, RunUnusable, Scope.Scope> =>
  Effect.gen(function* () {
    const file = RunFolder.modelFile(folder)
    const refuse = (...problems: ReadonlyArray<string>) => new RunUnusable({ path: folder, problems })
    const bytes = yield* Effect.try({
      try: () => readFileSync(file),
      catch: (cause) => refuse(`${file}: ${fileReason(cause)}`)
    })
    const contents = Safetensors.decode(bytes, file)
    if (Result.isFailure(contents)) return yield* refuse(contents.failure.message)
    const { tensors, metadata } = contents.success
    const problems = misfits(tensors, task, seed)
    if (problems.length > 0) return yield* refuse(...problems)
    const progress = Schema.decodeUnknownOption(ProgressJson)(metadata["progress"])
    const plain = TrainState.initialPlain(seed)
    return yield* Effect.acquireRelease(
      Effect.sync(() =>
        TrainState.fromData({
          plain: TrainState.encodePlain({ ...plain, progress: Option.getOrElse(progress, () => plain.progress) }),
          tensors
        })
      ),
      (state) => Effect.sync(() => TrainState.dispose(state))
    )
  })
