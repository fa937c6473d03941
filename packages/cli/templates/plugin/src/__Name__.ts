/**
 * Ends a run once a monitored value has reached a target.
 *
 * ```ts
 * __Name__.layer({ monitor: "validation/accuracy", target: 0.98, better: "higher" })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import * as Decision from "@etude/core/Decision"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

/** The options in a config. Unknown keys are errors, and all problems are reported together. */
export const Config = Schema.Struct({
  monitor: Schema.NonEmptyString.annotate({ description: 'What to watch, such as "validation/loss"' }),
  target: Schema.Finite.annotate({ description: "The value to reach" }),
  better: Schema.Literals(["lower", "higher"]).annotate({ description: "Which way is better" }),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))).annotate({
    description: "How many validations in a row must reach it; 1 when absent"
  })
})
export type ConfigInput<Monitor extends string = string> = Omit<typeof Config.Encoded, "monitor"> & {
  readonly monitor: Monitor
}

/** Validations in a row that reached the target: part of the run, so that a resumed run continues counting. */
const State = Schema.Struct({ reached: Schema.Natural })

/**
 * A controller: it looks at the end of each validation and answers with a decision. NaN reaches no target. A monitor that the
 * task does not report does not compile.
 */
export const layer = <const Monitor extends string>(
  config: ConfigInput<Monitor>
): Layer.Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const {
        monitor,
        target,
        better,
        times = 1
      } = yield* CoreConfig.decode(Config, config, "the config of __package__")
      const holds = (value: number): boolean => (better === "lower" ? value <= target : value >= target)
      return Callback.controller({
        id: `__name__(${monitor})`,
        monitors: [monitor as Monitor],
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
    })
  )
