/**
 * Ends a run when its time is over, between two batches.
 *
 * ```ts
 * MaxTime.layer({ minutes: 55, of: "attempt" }) // in a queue that grants an hour, saving and coming back
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Decision from "@etude/core/Decision"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import * as Schema from "effect/Schema"

const fields = {
  minutes: Options.positive.annotate({ description: "How long" }),
  of: Options.withDefault(
    Schema.Literals(["run", "attempt"]),
    "run",
    "run: over all attempts together; attempt: since the run was started or last resumed"
  ),
  save: Options.withDefault(Schema.Boolean, false, "Save a checkpoint at the time limit"),
  id: Options.id('"maxTime"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "maxTime"

/**
 * The controller. It reads the seconds that the run itself has counted, so that time between attempts does not count. It
 * looks after each batch and at the end of each epoch; a batch or a validation that is under way is finished.
 */
export const { layer, entry, plugin } = Plugin.callback({
  name: "maxTime",
  title: "the time limit",
  description: "Ends the run after a time limit",
  kind: "controller",
  several: true,
  config: Config,
  make: (decoded) => {
    const limit = decoded.minutes * 60
    const over = `the time limit is reached: ${decoded.minutes} ${decoded.minutes === 1 ? "minute" : "minutes"}`
    const stop = decoded.save ? Decision.join(Decision.stopRun(over), Decision.saveNow) : Decision.stopRun(over)
    const look = ({ progress }: Callback.At, { begun }: { readonly begun: number }): Decision.Decision =>
      progress.elapsedSeconds - begun >= limit ? stop : Decision.proceed
    return Callback.controller({
      id: decoded.id ?? id,
      state: { schema: Schema.Struct({ begun: Schema.Finite }), initial: { begun: 0 } },
      hooks: {
        trainBegin: ({ progress }) => [{ begun: decoded.of === "run" ? 0 : progress.elapsedSeconds }],
        batchEnd: look,
        epochEnd: look
      }
    })
  }
})
