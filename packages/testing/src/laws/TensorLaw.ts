/** Law 4: once the caller's scope has closed, there are as many tensors as before, however the run ended. */
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as EffectExit from "effect/Exit"
import * as Plugins from "../doubles/Plugins.ts"
import { type Exit, exitOf } from "../doubles/RunExit.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"

const ways = {
  success: undefined,
  "typed failure": Plugins.quitting,
  defect: Plugins.dying,
  interruption: Plugins.interrupting
} as const satisfies { readonly [exit in Exit]: unknown }

/** Ends the run by each of the four exits, after every step, and counts tensors before and after. */
export const check = (subject: Trajectory.Subject): Effect.Effect<void, LawBroken, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const live = () => tf.memory().numTensors
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "tensors", subject: subject.name, found, reproduce })
    const counted = Effect.fnUntraced(function* (way: Exit, step: number | undefined) {
      const before = live()
      const callbacks = step === undefined ? undefined : ways[way]?.((progress) => progress.step === step)
      const exit = yield* Effect.exit(
        Effect.scoped(Effect.map(Trajectory.run(subject, { callbacks }), ({ counts }) => counts.steps))
      )
      const after = live()
      const place = step === undefined ? "" : ` after step ${step}`
      const reproduce = `train it to its end by ${way}${place}, close the scope and read tf.memory().numTensors`
      const ended = exitOf(exit)
      if (ended !== way) {
        const detail = EffectExit.isFailure(exit) ? `: ${String(Cause.squash(exit.cause))}` : ""
        return yield* broken(`it ended by ${ended} instead of ${way}${place}${detail}`, reproduce)
      }
      if (after !== before) {
        return yield* broken(`${before} tensors before and ${after} after it had ended by ${way}${place}`, reproduce)
      }
      return EffectExit.isSuccess(exit) ? exit.value : 0
    })
    const steps = yield* counted("success", undefined)
    for (const way of ["typed failure", "defect", "interruption"] as const) {
      for (let step = 1; step <= steps; step++) yield* counted(way, step)
    }
  })
