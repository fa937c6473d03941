/** Law 1: a run stopped anywhere and resumed equals the uninterrupted run, bit for bit. */
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Plugins from "../doubles/Plugins.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"

/**
 * Stops the run after every one of its steps, by a limit and by an interruption inside the boundary, and at every
 * begin and end of an epoch or a validation, by an interruption. The state goes through plain data and JSON text.
 * Compared are the loss, metrics, learning rate and samples of every batch, the decisions, and everything in the final
 * state but seconds and attempts.
 */
export const check = (
  subject: Trajectory.Subject
): Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "resume", subject: subject.name, found, reproduce })
    const run = (options: Trajectory.RecordOptions, reproduce: string) =>
      ranOr(Trajectory.record(subject, options), (found) => broken(found, reproduce))
    const { seen, layer } = Plugins.cutting()
    const whole = yield* run({ callbacks: layer }, "train it")
    const steps = whole.batches.filter(({ what }) => what === "updated").length
    if (steps === 0) {
      const reason = "it makes no step after which it could be stopped; give it data and a limit that let it train"
      return yield* new LawSkipped({ law: "resume", subject: subject.name, reason })
    }
    const goOn = Effect.fnUntraced(function* (first: Trajectory.Trajectory, cut: string, reproduce: string) {
      const rest = yield* run({ state: Trajectory.throughJson(first.state) }, reproduce)
      const found = Trajectory.difference(Trajectory.joined(first, rest), whole)
      if (found !== undefined) return yield* broken(`${cut} of ${steps} and resumed, ${found}`, reproduce)
    })
    const resumed = "pass the state through TrainState.toData and JSON, and resume from it"
    for (let step = 1; step < steps; step++) {
      const limited = `train it until { steps: ${step} }, ${resumed}`
      yield* goOn(yield* run({ config: { until: { steps: step } } }, limited), `stopped after step ${step}`, limited)
      const interrupting = Plugins.interrupting((progress) => progress.step === step)
      const interrupted = `interrupt it at batchEnd of step ${step}, ${resumed}`
      yield* goOn(yield* run({ callbacks: interrupting }, interrupted), `interrupted after step ${step}`, interrupted)
    }
    for (const { cut, step } of seen) {
      const interrupted = `interrupt it at ${cut} after step ${step}, ${resumed}`
      const first = yield* run({ callbacks: Plugins.interruptingAt(cut, step) }, interrupted)
      yield* goOn(first, `interrupted at ${cut} after step ${step}`, interrupted)
    }
  })
