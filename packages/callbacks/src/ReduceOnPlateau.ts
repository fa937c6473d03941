/**
 * Lowers the learning rate when a monitored value has stopped getting better.
 *
 * ```ts
 * ReduceOnPlateau.layer({ monitor: "validation/loss", factor: 0.5, patience: { evaluations: 2 } })
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

const factor = Schema.Finite.check(
  Schema.isBetween(
    { minimum: 0, maximum: 1, exclusiveMinimum: true, exclusiveMaximum: true },
    { message: "expected a number in (0, 1)" }
  )
)

const fields = {
  monitor: Judged.monitor,
  factor: Options.withDefault(factor, 0.1, "What the learning rate is multiplied by each time"),
  patience: Options.withDefault(
    Extent.Patience,
    { evaluations: 10 },
    "How long to wait for an improvement, in evaluations of the monitor, epochs or steps"
  ),
  minimumDelta: Judged.minimumDelta,
  cooldown: Options.withDefault(Schema.Natural, 0, "Evaluations after a reduction that do not count as waiting"),
  minimumScale: Options.withDefault(
    Options.notNegative,
    0,
    "Lower limit of the product of all factors; the last reduction stops there"
  ),
  start: Judged.start,
  better: Judged.better,
  id: Options.id('"reduceOnPlateau(monitor)"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const idOf = (monitor: string): string => `reduceOnPlateau(${monitor})`

const State = Schema.Struct({ plateau: Plateau.State, cooling: Schema.Natural, scale: Schema.Number })
type State = typeof State.Type

/**
 * The controller. After each reduction it starts waiting again; the best value stays. PyTorch's `ReduceLROnPlateau` reduces at one
 * evaluation more than its patience, this at the last of them, as Keras does. A tie, and NaN, are no improvement.
 */
export const { layer, entry, plugin } = Plugin.callback({
  name: "reduceOnPlateau",
  title: "the reduction on plateaus",
  description: "Lowers the learning rate when a monitor stops getting better",
  kind: "controller",
  several: true,
  config: Config,
  make: (decoded) => {
    const { monitor, id = idOf(monitor), factor, cooldown, minimumScale } = decoded
    const rule = { monitor, ...(decoded.better === undefined ? {} : { better: decoded.better }) }
    const evaluate = (
      { values, progress, monitors }: Judged.Event,
      { plateau, cooling, scale }: State
    ): Callback.Answer<State> => {
      const better = Best.directionOf(rule, monitors)
      const value = Object.hasOwn(values, monitor) ? values[monitor] : undefined
      if (value === undefined || better === undefined) return
      const [next, exhausted] = Plateau.next({ ...decoded, better }, plateau, value, progress)
      const { epoch, step, batch } = progress
      const anew = { ...next, waited: 0, epoch, step, batch }
      if (next.waited > 0 && cooling > 0) return [{ plateau: anew, cooling: cooling - 1, scale }]
      const coolingLeft = Math.max(0, cooling - 1)
      if (!exhausted) return [{ plateau: next, cooling: coolingLeft, scale }]
      const reduced = Math.max(minimumScale, scale * factor)
      if (reduced >= scale) return [{ plateau: anew, cooling: coolingLeft, scale }]
      const applied = reduced === scale * factor ? factor : reduced / scale
      return [{ plateau: anew, cooling: cooldown, scale: reduced }, Decision.scaleLearningRate(applied)]
    }
    return Callback.controller({
      id,
      monitors: [monitor],
      judges: [rule],
      state: { schema: State, initial: { plateau: Plateau.initial, cooling: 0, scale: 1 } },
      hooks: Judged.hooks(monitor, evaluate)
    })
  }
})
