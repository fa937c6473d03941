/**
 * Trains a part of the parameters from a later epoch or step on: a new head first, then the body too, in one run.
 *
 * ```ts
 * Thaw.layer({ match: "body/**", at: { epochs: 1 } })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Decision from "@etude/core/Decision"
import * as Extent from "@etude/core/Extent"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import type { Progress } from "@etude/core/Progress"
import * as Schema from "effect/Schema"

const fields = {
  match: Schema.Union([Schema.String, Schema.NonEmptyArray(Schema.String)]).annotate({
    description: "Patterns over parameter paths of what is frozen at first, such as body/**"
  }),
  at: Extent.Position.annotate({
    description: "When it is trained too: { epochs: 1 } is after the first epoch, { steps: 500 } after 500 steps"
  }),
  id: Options.id('"thaw(match)"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

const isOver = (at: Extent.Position, { epoch, step }: Progress): boolean =>
  "epochs" in at ? epoch >= at.epochs : step >= at.steps

/**
 * The controller. What is frozen gets no gradient, no decay and no slots. From its position on it is trained with slots as at the
 * beginning of a run; the others' slots are kept, and schedules and Adam's corrections still count the steps of the run. It is as
 * if a run with the group frozen had been continued by one without, and a resumed run is what the uninterrupted one is.
 *
 * Several thaw one part after the other; a parameter that two of them match is frozen until both are over. Statistics of batch
 * normalization are no parameters, and are updated all the time. A pattern that matches no trained parameter is refused.
 */
export const { layer, entry, plugin } = Plugin.callback({
  name: "thaw",
  title: "the thaw",
  description: "Freezes parameters at first, and trains them from an epoch or a step on",
  kind: "controller",
  several: true,
  config: Config,
  make: ({ match, at, id }) => {
    const patterns = typeof match === "string" ? [match] : match
    const State = Schema.Struct({ thawed: Schema.Boolean })
    const look = ({ progress }: Callback.At, { thawed }: typeof State.Type): Callback.Answer<typeof State.Type> =>
      thawed || !isOver(at, progress) ? undefined : [{ thawed: true }, Decision.thaw(...patterns)]
    return Callback.controller({
      id: id ?? `thaw(${patterns.join(",")})`,
      freezes: patterns,
      state: { schema: State, initial: { thawed: false } },
      // At the beginning for a resumed run that has this only now.
      hooks: { trainBegin: look, epochEnd: look, ...("steps" in at ? { batchEnd: look } : {}) }
    })
  }
})
