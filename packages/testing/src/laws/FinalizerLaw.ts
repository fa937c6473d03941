/** Law 6: finalizers run once each, in reverse of the declared order, however the run ended. */
import type { Backend } from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import { element } from "@etude/core/Lookup"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Plugins from "../doubles/Plugins.ts"
import { type Exit, exitOf } from "../doubles/RunExit.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"

export interface FinalizerOptions extends Trajectory.Subject {
  /** The trainer under test; core's when absent. */
  readonly train?: Trajectory.Train
}

/** Declared as c, a, d, b: no order of ids, of listing or of building. */
const declared = ["c", "a", "d", "b"] as const

/**
 * Adds four callbacks whose declared order is c, a, d, b, listed in another order, and ends the run by each of the four
 * exits, and before its first step: each finalizer must run once, b first and c last, and receive that exit.
 */
export const check = (options: FinalizerOptions): Effect.Effect<void, LawBroken, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const { train, ...subject } = options
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "finalizers", subject: subject.name, found, reproduce })
    const ends: ReadonlyArray<readonly [Exit, Trajectory.Plugins, what?: string]> = [
      ["success", Trajectory.none],
      ["typed failure", Plugins.quitting(() => true)],
      ["defect", Plugins.dying(() => true)],
      ["interruption", Plugins.interrupting(() => true)],
      ["typed failure", Plugins.refusing, "a refusal before the first step"]
    ]
    for (const [way, end, what = way] of ends) {
      const ran: Array<{ readonly id: string; readonly exit: Exit }> = []
      const layers = declared.map((id, index) =>
        Callback.observer({
          id,
          ...(index === 0 ? {} : { after: [element(declared, index - 1)] }),
          hooks: {},
          finalizer: (exit) => Effect.sync(() => void ran.push({ id, exit: exitOf(exit) }))
        })
      )
      const callbacks = Layer.mergeAll(end, ...layers.toSorted(() => -1))
      const ended = exitOf(yield* Effect.exit(Effect.scoped(Trajectory.run(subject, { callbacks }, train))))
      const reproduce = `train it with callbacks ${declared.join(", ")} (each after the one before) to its end by ${what}`
      if (ended !== way) return yield* broken(`the run ended by ${ended} instead of ${way}`, reproduce)
      const [expected, found] = [declared.toReversed().join(", "), ran.map(({ id }) => id).join(", ")]
      if (found !== expected) {
        const order = found === "" ? "no finalizer ran" : `finalizers ran in the order ${found}`
        return yield* broken(`${order} instead of ${expected} when the run ended by ${what}`, reproduce)
      }
      const wrong = ran.find(({ exit }) => exit !== way)
      if (wrong !== undefined) {
        return yield* broken(
          `the finalizer of ${wrong.id} received ${wrong.exit} when the run ended by ${what}`,
          reproduce
        )
      }
    }
  })
