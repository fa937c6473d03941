/**
 * Ends a run when a monitored value has stopped getting better. Prechelt 1998, "Early stopping – but when?".
 *
 * ```ts
 * EarlyStopping.layer({ monitor: "validation/accuracy", patience: { evaluations: 5 }, restoreBest: true })
 * ```
 */

import * as Best from "@etude/core/Best"
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Decision from "@etude/core/Decision"
import * as Extent from "@etude/core/Extent"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import * as Schema from "effect/Schema"
import * as Judged from "./internal/judged.ts"
import * as Plateau from "./Plateau.ts"

const fields = {
  monitor: Judged.monitor,
  patience: Options.withDefault(
    Extent.Patience,
    { evaluations: 3 },
    "How long to wait for an improvement, in evaluations of the monitor, epochs or steps. 0 stops at the first value that is not better"
  ),
  minimumDelta: Judged.minimumDelta,
  baseline: Schema.optionalKey(Schema.Finite).annotate({ description: "The value to beat from the start" }),
  start: Judged.start,
  restoreBest: Options.withDefault(
    Schema.Boolean,
    false,
    "End with the weights of the best value, however the run ends"
  ),
  better: Judged.better,
  id: Options.id('"earlyStopping(monitor)"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const idOf = (monitor: string): string => `earlyStopping(${monitor})`

const reasonOf = ({ monitor, baseline }: Config, { best, waited, step }: Plateau.State): string =>
  best === null
    ? baseline === undefined
      ? `${monitor} was NaN ${waited} ${waited === 1 ? "time" : "times"}, and never a number`
      : `${monitor} never was better than its baseline ${baseline}`
    : `${monitor} has not been better than ${best} (step ${step}) ${waited} ${waited === 1 ? "time" : "times"}`

/**
 * The controller. Values of validations are judged at the end of each validation, those of training at the end of each
 * epoch. A tie or NaN is not an improvement. With `restoreBest` the run keeps the weights of the value that is best by
 * this callback's own rule (`better`, `start`, `baseline`, `minimumDelta`), and ends with them whichever way it ends:
 * it sets `endWith` of the training config where that is not set. Its state is part of the run: a resumed run has
 * waited as long as the first one had.
 */
export const { layer, entry, plugin } = Plugin.callback({
  name: "earlyStopping",
  title: "early stopping",
  description: "Ends the run when a monitor stops getting better",
  kind: "controller",
  several: true,
  config: Config,
  make: (decoded) => {
    const { monitor, restoreBest, id = idOf(monitor) } = decoded
    const rule = {
      monitor,
      ...(decoded.better === undefined ? {} : { better: decoded.better }),
      ...(decoded.start === undefined ? {} : { start: decoded.start }),
      ...(decoded.baseline === undefined ? {} : { baseline: decoded.baseline }),
      minimumDelta: decoded.minimumDelta
    }
    const evaluate = (
      { values, progress, monitors }: Judged.Event,
      state: Plateau.State
    ): Callback.Answer<Plateau.State> => {
      const better = Best.directionOf(rule, monitors)
      const value = Object.hasOwn(values, monitor) ? values[monitor] : undefined
      if (value === undefined || better === undefined) return
      const [next, exhausted] = Plateau.next({ ...decoded, better }, state, value, progress)
      return exhausted ? [next, Decision.stopRun(reasonOf(decoded, next))] : [next]
    }
    return Callback.controller({
      id,
      monitors: [monitor],
      judges: [rule],
      ...(restoreBest ? { endWith: rule } : {}),
      state: { schema: Plateau.State, initial: Plateau.initial },
      hooks: {
        // A run that continues beyond its end starts with its full patience; the best value stays the one to beat.
        resumed: ({ beyondEnd, progress: { epoch, step, batch } }, state): Callback.Answer<Plateau.State> =>
          beyondEnd ? [{ ...state, waited: 0, epoch, step, batch }] : undefined,
        ...Judged.hooks(monitor, evaluate)
      }
    })
  }
})
