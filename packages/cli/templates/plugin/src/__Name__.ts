/**
 * Ends a run once a monitored value has reached a target.
 *
 * ```ts
 * __Name__.layer({ monitor: "validation/accuracy", target: 0.98, better: "higher" })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as Decision from "@etude/core/Decision"
import * as Plugin from "@etude/core/Plugin"
import * as Schema from "effect/Schema"

/** What a config may say. Unknown keys are errors, and all problems are reported together. */
export const Config = Schema.Struct({
  monitor: Schema.NonEmptyString.annotate({ description: 'What to watch, such as "validation/loss"' }),
  target: Schema.Finite.annotate({ description: "The value to reach" }),
  better: Schema.Literals(["lower", "higher"]).annotate({ description: "Which way is better" }),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))).annotate({
    description: "How many validations in a row must reach it; 1 when absent"
  })
})

/** Validations in a row that reached the target: part of the run, so that a resumed run continues to count. */
const State = Schema.Struct({ reached: Schema.Natural })

/**
 * A controller: it looks at the end of each validation and answers with a decision. NaN reaches no target. A monitor that the
 * task does not report does not compile. `layer` is for programs, `entry` for configs.
 */
export const { layer, entry } = Plugin.callback({
  name: "__name__",
  description: "Ends the run once a monitored value has reached a target",
  kind: "controller",
  several: true,
  config: Config,
  make: ({ monitor, target, better, times = 1 }) => {
    const holds = (value: number): boolean => (better === "lower" ? value <= target : value >= target)
    return Callback.controller({
      id: `__name__(${monitor})`,
      monitors: [monitor],
      state: { schema: State, initial: { reached: 0 } },
      hooks: {
        validationEnd: ({ values }, { reached }) => {
          const value = values[monitor]
          // This validation did not measure it: nothing is known, and nothing changes.
          if (value === undefined) return
          if (!holds(value)) return [{ reached: 0 }]
          const next = { reached: reached + 1 }
          return next.reached < times ? [next] : [next, Decision.stopRun(`${monitor} has reached ${target}`)]
        }
      }
    })
  }
})
