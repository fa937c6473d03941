/**
 * The parameters and statistics of a run in `model.safetensors`, under `parameters/…` and `statistics/…`, and averages of
 * parameters that callbacks kept under `callbacks/<id>/…`. The metadata says what they are: the experiment, the hash of its
 * config, where the run was, and with which weights it ended. Beside it stand the last weights where a run ended with the
 * best ones, and the best where it kept them and ended with the last.
 */
import { existsSync, readFileSync } from "node:fs"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import { EndedWith } from "@etude/core/Best"
import { entry } from "@etude/core/Lookup"
import { Progress } from "@etude/core/Progress"
import { refusals, type Task } from "@etude/core/Task"
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
const BestJson = Schema.fromJsonString(Schema.toCodecJson(EndedWith))

/** Which weights of a run. */
export type Weights = "best" | "last"

export interface Description {
  readonly experiment: string
  readonly configHash: string
}

/** The weights of a state that are not in its model file, if there are any. */
const others = (state: TrainState.TrainState): readonly [Weights, Partial<TrainState.BestWeights>] | undefined => {
  if (state.plain.endedWith !== null) return ["last", state.last]
  const [best] = Object.values(state.best)
  return best === undefined ? undefined : ["best", best]
}

/** What kept best weights were best by. */
const bestOf = ({ plain, best }: TrainState.TrainState): EndedWith | undefined => {
  const [key] = Object.keys(best)
  if (key === undefined || !Object.hasOwn(plain.kept, key)) return undefined
  return { monitor: key, ...entry(plain.kept, key) }
}

/** Writes the model of a state, and its other weights; the files of an earlier moment are replaced. */
export const write = (
  folder: string,
  state: TrainState.TrainState,
  { experiment, configHash }: Description
): Effect.Effect<void, RunNotWritten> =>
  Effect.gen(function* () {
    // Without the time it took: equal weights make equal files.
    const progress = Schema.encodeSync(ProgressJson)({ ...state.plain.progress, elapsedSeconds: 0 })
    const bytesOf = (weights: Partial<TrainState.BestWeights>, best: EndedWith | null | undefined) => {
      const { parameters = {}, statistics = {}, callbacks = {} } = weights
      const nothing = { slots: {}, best: {}, rollback: {}, last: {} }
      const { tensors } = TrainState.toData({ plain: state.plain, ...nothing, parameters, statistics, callbacks })
      const by = best === null || best === undefined ? {} : { best: Schema.encodeSync(BestJson)(best) }
      return Safetensors.encode(tensors, { format: "etude", experiment, configHash, progress, ...by })
    }
    const final = { ...state, callbacks: TrainState.averages(state) }
    yield* RunFolder.write(RunFolder.modelFile(folder), bytesOf(final, state.plain.endedWith))
    const other = others(state)
    for (const weights of ["best", "last"] as const) {
      const file = RunFolder.weightsFile(folder, weights)
      if (other?.[0] === weights) {
        yield* RunFolder.write(file, bytesOf(other[1], weights === "best" ? bestOf(state) : undefined))
      } else if (existsSync(file)) yield* RunFolder.remove(file)
    }
  })

const text = (shape: ReadonlyArray<number>, dtype: string) => `[${shape.join(", ")}] ${dtype}`

/** Compares the file with the task's parameters: everything missing, left over or of another shape. */
const misfits = (tensors: Safetensors.Contents["tensors"], task: Task, seed: number): ReadonlyArray<string> => {
  const weights = Trainer.initialWeights(task, seed)
  const expected = Object.fromEntries(
    groups.flatMap((group) =>
      Object.entries(weights[group]).map(([path, { shape, dtype }]) => [`${group}/${path}`, text(shape, dtype)])
    )
  )
  for (const group of groups) Tensors.dispose(weights[group])
  const names = Object.keys(tensors).filter((path) => !path.startsWith("callbacks/"))
  return [...new Set([...Object.keys(expected), ...names])].flatMap((path) => {
    const tensor = tensors[path]
    const [is, should] = [tensor === undefined ? undefined : text(tensor.shape, tensor.dtype), expected[path]]
    return is === should ? [] : [`${path} is ${is ?? "missing"}, expected ${should ?? "no such weight"}`]
  })
}

/** What weights are, in a person's words. */
export const describe = ({ plain: { endedWith, progress } }: TrainState.TrainState): string =>
  endedWith === null
    ? `the last weights (epoch ${progress.epoch}, step ${progress.step})`
    : `the best weights by ${endedWith.monitor} (${Number(endedWith.value.toPrecision(4))}, epoch ${endedWith.epoch}, step ${endedWith.step})`

/** The state that a run folder's model holds, for a task, or its best or last weights. Its tensors live as long as the scope. */
export const read = (
  folder: string,
  task: Task,
  seed: number,
  weights?: Weights
): Effect.Effect<TrainState.TrainState, RunUnusable, Scope.Scope> =>
  Effect.gen(function* () {
    const refuse = (...problems: ReadonlyArray<string>) => new RunUnusable({ path: folder, problems })
    const open = (file: string) =>
      Effect.gen(function* () {
        const bytes = yield* Effect.try({
          try: () => readFileSync(file),
          catch: (cause) => refuse(`${file}: ${fileReason(cause)}`)
        })
        const contents = Safetensors.decode(bytes, file)
        if (Result.isFailure(contents)) return yield* refuse(contents.failure.message)
        return contents.success
      })
    const model = yield* open(RunFolder.modelFile(folder))
    const isFinal = weights === undefined || weights === (model.metadata["best"] === undefined ? "last" : "best")
    const file = isFinal ? undefined : RunFolder.weightsFile(folder, weights)
    if (file !== undefined && !existsSync(file)) {
      return yield* refuse(
        `no ${weights} weights are stored with its model; a run keeps the best ones if train.endWith is { best: monitor }`
      )
    }
    const { tensors, metadata } = file === undefined ? model : yield* open(file)
    const best = Option.getOrNull(Schema.decodeUnknownOption(BestJson)(metadata["best"]))
    const problems = misfits(tensors, task, seed)
    if (problems.length > 0) return yield* refuse(...problems)
    const progress = Schema.decodeUnknownOption(ProgressJson)(metadata["progress"])
    const plain = TrainState.initialPlain(seed)
    const state = yield* Effect.acquireRelease(
      Effect.sync(() =>
        TrainState.fromData({
          plain: TrainState.encodePlain({
            ...plain,
            progress: Option.getOrElse(progress, () => plain.progress),
            endedWith: best
          }),
          tensors
        })
      ),
      (state) => Effect.sync(() => TrainState.dispose(state))
    )
    const refused = refusals(task, state)
    return refused.length > 0 ? yield* refuse(...refused) : state
  })
