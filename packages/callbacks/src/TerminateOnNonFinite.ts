/**
 * Ends a run when a value that it reports is NaN or infinite. What to do about such training losses and gradients in the
 * step itself, core's config says (`nonFinite`); this callback checks reported values, above all those of validation.
 *
 * ```ts
 * TerminateOnNonFinite.layer({ monitors: ["validation/loss", "validation/perplexity"] })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Decision from "@etude/core/Decision"
import type { Values } from "@etude/core/Event"
import * as Monitors from "@etude/core/Monitors"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import * as Schema from "effect/Schema"

const fields = {
  monitors: Schema.optionalKey(Schema.Array(Schema.String)).annotate({
    description:
      "The monitors to watch. Default: the loss on every set. A metric without a number for its result is NaN"
  }),
  id: Options.id('"terminateOnNonFinite"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "terminateOnNonFinite"

/** The controller. It looks after each batch, each validation and each epoch. */
export const { layer, entry, plugin } = Plugin.callback({
  name: "terminateOnNonFinite",
  title: "non-finite values",
  description: "Ends the run when a reported value is NaN or infinite",
  kind: "controller",
  config: Config,
  make: ({ monitors, id: callbackId = id }) => {
    const watched = monitors === undefined ? undefined : new Set(monitors)
    const look = (values: Values, monitorsOfRun: Monitors.Monitors): Decision.Decision => {
      let decision = Decision.proceed
      for (const [monitor, value] of Object.entries(values)) {
        if (Number.isFinite(value)) continue
        const isWatched = watched?.has(monitor) ?? Monitors.find(monitorsOfRun, monitor)?.metric === "loss"
        if (isWatched) decision = Decision.join(decision, Decision.stopRun(`${monitor} is ${value}`))
      }
      return decision
    }
    const isFinite = (values: Values): boolean => {
      for (const name in values) if (!Number.isFinite(values[name])) return false
      return true
    }
    return Callback.controller({
      id: callbackId,
      monitors: monitors ?? [],
      hooks: {
        batchEnd: ({ values, monitors }) =>
          isFinite(values) ? Decision.proceed : look(Monitors.keyed(Monitors.trainingSet, values), monitors),
        validationEnd: ({ values, monitors }) => look(values, monitors),
        epochEnd: ({ values, monitors }) => look(values, monitors)
      }
    })
  }
})
