/** Judging the values of a monitor: the options for it, and hooks where values become known, each once. */
import type { At } from "@etude/core/Callback"
import type { Values } from "@etude/core/Event"
import * as Extent from "@etude/core/Extent"
import * as Monitors from "@etude/core/Monitors"
import * as Options from "@etude/core/Options"
import * as Schema from "effect/Schema"

export const monitor = Schema.String.annotate({ description: 'What to watch, such as "validation/loss"' })

export const minimumDelta = Options.withDefault(Options.notNegative, 0, "The minimum improvement over the best value")

export const start = Schema.optionalKey(Extent.Position).annotate({
  description: "Values before this position are ignored"
})

export const better = Schema.optionalKey(Options.Better).annotate({
  description: "Default: the metric's own direction; for losses, lower"
})

/** An event with values to judge. */
export type Event = At & { readonly values: Values }

/** Values of validations are judged at the end of each validation, those of training at the end of each epoch. */
export const hooks = <S, A>(monitor: string, evaluate: (event: Event, state: S) => A) => ({
  validationEnd: evaluate,
  // The end of an epoch repeats the values of a validation that fell on it.
  epochEnd: (event: Event, state: S): A | undefined =>
    Monitors.isOfTraining(event.monitors, monitor) ? evaluate(event, state) : undefined
})
