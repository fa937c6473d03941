/**
 * Progress for people. On a terminal: a bar that is rewritten (epoch, batch, running loss and metrics, samples per second,
 * time to go; validation too) and a table with a row for each epoch. Elsewhere: a line for each epoch and every so many
 * steps. It only observes: it changes nothing in a run, and its clock only decides when the bar is drawn.
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as CoreConfig from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Monotonic from "@etude/core/Monotonic"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as ProgressDisplay from "./internal/ProgressDisplay.ts"
import * as Screen from "./internal/Screen.ts"
import { Terminal } from "./Terminal.ts"

const fields = {
  verbosity: CoreConfig.withDefault(
    Schema.Literals(["minimal", "standard", "verbose"]),
    "standard",
    "minimal: epochs, warnings and the end; standard: with the bar, or lines of steps where there is no terminal; " +
      "verbose: with lines of steps everywhere, every validation, skipped batch, decision and checkpoint"
  ),
  everySteps: CoreConfig.withDefault(CoreConfig.count("steps"), 50, "How often a step is printed on a separate line")
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id of this callback. */
export const id = "progress"

/**
 * The callback. Losses and metrics in the bar are means over the samples of the epoch so far, of what each batch reported;
 * the row at the epoch's end has the exact values. The terminal is left in order on all four exits.
 */
export const layer = (
  config: ConfigInput = {}
): Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const { verbosity, everySteps } = yield* CoreConfig.decode(Config, config, "the config of progress")
      const [terminal, clock] = [yield* Terminal, yield* Clock.Clock]
      const now = () => Monotonic.milliseconds(clock)
      const display = ProgressDisplay.make({ verbosity, everySteps, now, screen: Screen.make(terminal) })
      const { batchEnd, evaluationBegin, testBatchEnd, validationBatchEnd, predictBatchEnd } = display
      return Callback.observer({
        id,
        onEvent: display.onEvent,
        hooks: {
          ...(verbosity === "minimal" ? {} : { batchEnd }),
          ...(display.hasBar
            ? {
                validationBegin: evaluationBegin,
                testBegin: evaluationBegin,
                validationBatchEnd,
                testBatchEnd,
                predictBatchEnd
              }
            : {})
        },
        finalizer: () => Effect.sync(display.close)
      })
    })
  )
