/** Law 7: two backends train alike. Single kernels are compared elsewhere; here, ten steps of a whole task. */
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Close from "../Close.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"

type BackendLayer = Layer.Layer<Backend | StepExecutor, unknown>

export interface BackendOptions extends Trajectory.Subject {
  /** The backends by name; the first is what the others are compared with. */
  readonly backends: { readonly [name: string]: BackendLayer }
  /** 10 when absent. */
  readonly steps?: number
  /** 1e-4 relative to the largest element of a tensor, when absent. */
  readonly tolerance?: Close.Tolerance
}

/** Trains on each backend in turn and compares losses and metrics of every batch and the final state. */
export const check = (options: BackendOptions): Effect.Effect<void, LawBroken | LawSkipped> =>
  Effect.gen(function* () {
    const { backends, steps = 10, tolerance = { relative: 1e-4, absolute: 1e-6 }, ...subject } = options
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "backends", subject: subject.name, found, reproduce })
    if (Object.keys(backends).length < 2) {
      const reason = "there are no two backends to compare"
      return yield* new LawSkipped({ law: "backends", subject: subject.name, reason })
    }
    let first: { readonly name: string; readonly trajectory: Trajectory.Trajectory } | undefined
    for (const [name, layer] of Object.entries(backends)) {
      const reproduce = `train it until { steps: ${steps} } on ${first === undefined ? name : `${first.name} and on ${name}, and compare`}`
      const trajectory = yield* ranOr(
        Effect.provide(Trajectory.record(subject, { config: { until: { steps } } }), layer),
        (found) => broken(`on ${name}, ${found}`, reproduce)
      )
      if (first === undefined) {
        first = { name, trajectory }
        continue
      }
      const found = Trajectory.difference(trajectory, first.trajectory, { tolerance })
      if (found !== undefined) return yield* broken(`on ${name} as against ${first.name}, ${found}`, reproduce)
    }
  })
