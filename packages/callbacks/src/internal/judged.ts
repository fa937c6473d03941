/** Hooks that judge a monitor's values where they become known, each once. */
import type { At } from "@etude/core/Callback"
import type { Values } from "@etude/core/Event"
import * as Monitors from "@etude/core/Monitors"

/** What a value is judged by. */
export type Event = At & { readonly values: Values }

/** Values of validations are judged at the end of each validation, those of training at the end of each epoch. */
export const hooks = <S, A>(monitor: string, evaluate: (event: Event, state: S) => A) => ({
  validationEnd: evaluate,
  // The end of an epoch repeats the values of a validation that fell on it.
  epochEnd: (event: Event, state: S): A | undefined =>
    Monitors.isOfTraining(event.monitors, monitor) ? evaluate(event, state) : undefined
})
