/** Law 1 through a store: a state that was saved and loaded continues as the uninterrupted run. */
import type { Backend } from "@etude/core/Backend"
import type { CheckpointsService } from "@etude/core/Checkpoints"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as TrainState from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as States from "../subjects/CheckpointStates.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"

export interface StoreResumeOptions extends Trajectory.Subject {
  readonly store: CheckpointsService
}

/** Stops the run after every step, saves its state, resumes from the store's latest, and compares bit for bit. */
export const check = ({
  store,
  ...subject
}: StoreResumeOptions): Effect.Effect<void, LawBroken, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const broken = (found: string, step: number) =>
      new LawBroken({
        law: "resume",
        subject: subject.name,
        found,
        reproduce: `train a task until { steps: ${step} }, save its state, and resume from the store's latest`
      })
    const whole = yield* ranOr(Trajectory.record(subject), (found) => broken(found, 0))
    const steps = whole.batches.filter(({ what }) => what === "updated").length
    for (let step = 1; step < steps; step++) {
      const resumed = Effect.gen(function* () {
        const first = yield* Trajectory.record(subject, { config: { until: { steps: step } } })
        const state = TrainState.fromData(first.state)
        yield* Effect.ensuring(
          store.save(state, States.description),
          Effect.sync(() => TrainState.dispose(state))
        )
        yield* store.settled
        const { data } = Option.getOrThrow(yield* store.latest)
        return Trajectory.joined(first, yield* Trajectory.record(subject, { state: data }))
      })
      const found = Trajectory.difference(yield* ranOr(resumed, (found) => broken(found, step)), whole)
      if (found !== undefined) return yield* broken(`saved after step ${step} of ${steps} and resumed, ${found}`, step)
    }
  })
