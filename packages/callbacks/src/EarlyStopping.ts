/**
 * Ends a run when a monitored value has stopped getting better. Prechelt 1998, "Early stopping – but when?".
 *
 * ```ts
 * EarlyStopping.layer({ monitor: "validation/accuracy", patience: { evaluations: 5 }, restoreBest: true })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import * as Decision from "@etude/core/Decision"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Directions from "./internal/directions.ts"
import * as Options from "./internal/options.ts"
import * as Plateau from "./Plateau.ts"

export const Config = Schema.Struct({
  monitor: Schema.String.annotate({ description: 'What to watch, such as "validation/loss"' }),
  patience: Options.withDefault(
    Options.Patience,
    { evaluations: 3 },
    "How long without an improvement: so many evaluations of the monitor, epochs or steps. 0 stops at the first that is not better"
  ),
  minimumDelta: Options.withDefault(
    Options.notNegative,
    0,
    "By how much a value must be better than the best to count"
  ),
  baseline: Schema.optionalKey(Schema.Finite).annotate({ description: "The value to beat from the beginning" }),
  start: Schema.optionalKey(Options.Position).annotate({
    description: "Values before this position are not looked at"
  }),
  restoreBest: Options.withDefault(Schema.Boolean, false, "End with the parameters of the best value seen"),
  better: Schema.optionalKey(Options.Better).annotate({ description: "Default: as the metric says; losses are lower" }),
  id: Options.id('"earlyStopping(monitor)"')
})
export type Config = typeof Config.Type
export type ConfigInput<Monitor extends string = string> = Omit<typeof Config.Encoded, "monitor"> & {
  readonly monitor: Monitor
}

/** The id by default. */
export const idOf = (monitor: string): string => `earlyStopping(${monitor})`

const reasonOf = ({ monitor }: Config, { best, waited, step }: Plateau.State): string =>
  best === null
    ? `${monitor} never was better than its baseline`
    : `${monitor} has not been better than ${best} (step ${step}) ${waited} ${waited === 1 ? "time" : "times"}`

/**
 * The controller. Values of validations are judged at the end of each validation, those of training at the end of each
 * epoch. A tie, and NaN, are no improvement. With `restoreBest` the run keeps the parameters of the best value (by the
 * metric's own direction, without `minimumDelta`), and ends with them. Its state is part of the run: a resumed run has
 * waited as long as the first one had.
 */
export const layer = <const Monitor extends string>(
  config: ConfigInput<Monitor>
): Layer.Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const decoded = yield* CoreConfig.decode(Config, config, "the config of early stopping")
      const { restoreBest, id = idOf(decoded.monitor) } = decoded
      const monitor = decoded.monitor as Monitor // decoded from it
      const directions = Directions.make()
      const judge = (
        { values, progress }: Callback.At & { readonly values: { readonly [monitor: string]: number } },
        state: Plateau.State
      ): Callback.Answer<Plateau.State> => {
        const value = values[monitor]
        if (value === undefined) return
        const rule = { ...decoded, better: decoded.better ?? directions.of(monitor) }
        const [next, exhausted] = Plateau.next(rule, state, value, progress)
        if (!exhausted) return [next]
        const stop = Decision.stopRun(reasonOf(decoded, next))
        return [next, restoreBest ? Decision.join(stop, Decision.restoreBest(monitor)) : stop]
      }
      return Callback.controller({
        id,
        monitors: [monitor],
        ...(restoreBest ? { keepBest: [monitor] } : {}),
        state: { schema: Plateau.State, initial: Plateau.initial },
        onEvent: directions.onEvent,
        hooks: {
          // Whoever continues a run beyond its end gives it its patience anew; the best value stays the one to beat.
          resumed: ({ beyondEnd, progress: { epoch, step } }, state): Callback.Answer<Plateau.State> =>
            beyondEnd ? [{ ...state, waited: 0, epoch, step }] : undefined,
          ...(Directions.isOfTraining(monitor) ? { epochEnd: judge } : { validationEnd: judge })
        }
      })
    })
  )
