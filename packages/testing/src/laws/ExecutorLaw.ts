/** Law 8: an executor trains as the eager one does, and twice the same. */
import type { Backend } from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import { element } from "@etude/core/Lookup"
import type { Model } from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import { eager, StepExecutor } from "@etude/core/StepExecutor"
import * as Tensors from "@etude/core/Tensors"
import * as TrainState from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Close from "../Close.ts"
import type { Row } from "../subjects/ExecutorRows.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"

export interface ExecutorOptions {
  readonly row: Row
  /** After one step. Default: 1e-5 relative to the largest element of a tensor. */
  readonly tolerance?: Close.Tolerance
  /** At the end of the row's run, whose steps enlarge rounding: 1e-3 when absent. What is frozen at the first step shows here. */
  readonly toleranceAtEnd?: Close.Tolerance
}

/** A run as far as its first step. */
const upToStep1 = (
  whole: Trajectory.Trajectory,
  state: TrainState.TrainStateData | undefined
): Trajectory.Trajectory => {
  const batches = whole.batches.slice(0, whole.batches.findIndex(({ what }) => what === "updated") + 1)
  return { reason: "", batches, reads: [], decisions: [], state: state ?? whole.state }
}

/** The subject with initial parameters that differ by a few units in the last place; integers stay as they are. */
const moved = (subject: Trajectory.Subject, time: number): Trajectory.Subject => {
  const move = (tensor: tf.Tensor, path: string): tf.Tensor => {
    const values = tensor.dataSync<"float32">()
    const draws = Rng.uniforms(Rng.named(Rng.key(time), path), values.length)
    const changed = values.map((value, index) =>
      Number.isInteger(value) ? value : value * (element(draws, index) < 0.5 ? 1 - 2 ** -21 : 1 + 2 ** -21)
    )
    return tf.tensor(changed, tensor.shape, "float32")
  }
  const movedModel = (model: Model<any, any>): Model<any, any> => ({
    ...model,
    init: (key) => {
      const { parameters, statistics } = model.init(key)
      const others = Tensors.map(parameters, move)
      Tensors.dispose(parameters)
      return { parameters: others, statistics }
    }
  })
  const models = Object.fromEntries(
    Object.entries(subject.task.models).map(([name, model]) => [name, movedModel(model)])
  )
  return { ...subject, task: { ...subject.task, models } }
}

/**
 * Trains a row on the executor of the context, whatever its name, and on the eager one. After one step, losses, metrics,
 * parameters, statistics, slots and callbacks' tensors must agree within the tolerance, and at the end of the row within a
 * larger one, which finds random keys, rates and masks that were recorded as constants. What depends on roundings (Adam's
 * step for a gradient that is 0 but for rounding) may differ by as much as moving the initial parameters by a rounding
 * changes it. Each executor, run twice, must be equal to itself bit for bit.
 */
export const check = (options: ExecutorOptions): Effect.Effect<void, LawBroken, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const { row, tolerance = { relative: 1e-5, absolute: 1e-6 } } = options
    const { toleranceAtEnd = { relative: 1e-3, absolute: 1e-5 } } = options
    const tested = yield* StepExecutor
    const broken = (found: string, how: string) =>
      new LawBroken({
        law: "executors",
        subject: tested.name,
        found: `with "${row.name}", ${found}`,
        reproduce: `train the row "${row.name}" of ExecutorRows ${how}`
      })
    const subject = yield* ranOr(
      Effect.map(row.subject, (world): Trajectory.Subject => ({ ...world, name: row.name })),
      (found) => broken(found, "eagerly")
    )
    const run = Effect.fnUntraced(function* (executor: StepExecutor["Service"], how: string, world = subject) {
      let first: TrainState.TrainStateData | undefined
      const watcher = Callback.observer({
        id: "~testing/first step",
        hooks: {
          batchEnd: ({ progress, state }) => {
            if (progress.step === 1) first = TrainState.toData(state())
          }
        }
      })
      const running = Trajectory.record(world, { callbacks: watcher })
      const whole = yield* ranOr(Effect.provideService(running, StepExecutor, executor), (found) =>
        broken(`on ${executor.name}, ${found}`, how)
      )
      return { whole, first: upToStep1(whole, first) }
    })
    const twice = Effect.fnUntraced(function* (executor: StepExecutor["Service"]) {
      const again = `on ${executor.name} twice, and compare`
      const [once, more] = [yield* run(executor, again), yield* run(executor, again)]
      return { ...once, unequal: Trajectory.difference(more.whole, once.whole), again }
    })
    const both = `on ${tested.name} and eagerly, and compare`
    const [mine, eagerly] = [yield* twice(tested), yield* twice(eager)]
    let shaken: ReadonlyArray<Effect.Success<ReturnType<typeof run>>> | undefined
    /** The difference that no rounding explains. The runs that show what roundings do are made only where there is one. */
    const unexplained = Effect.fnUntraced(function* (part: "first" | "whole", allowed: Close.Tolerance) {
      const found = Trajectory.difference(mine[part], eagerly[part], { tolerance: allowed })
      if (found === undefined) return undefined
      shaken ??= yield* Effect.forEach([1, 2, 3], (time) => run(eager, both, moved(subject, time)))
      const others = shaken.map((other) => other[part])
      return Trajectory.difference(mine[part], eagerly[part], { tolerance: allowed, moved: others })
    })
    const one = yield* unexplained("first", row.tolerance ?? tolerance)
    if (one !== undefined) return yield* broken(`after one step ${one}`, `until { steps: 1 } ${both}`)
    for (const [{ name }, { unequal, again }] of [
      [tested, mine],
      [eager, eagerly]
    ] as const) {
      if (unequal !== undefined) return yield* broken(`run twice on ${name}, ${unequal}`, again)
    }
    const end = yield* unexplained("whole", toleranceAtEnd)
    if (end !== undefined) return yield* broken(end, both)
  })
