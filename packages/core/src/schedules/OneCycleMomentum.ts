import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { cycle } from "./OneCycle.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("OneCycleMomentum", {
  maximum: Config.withDefault(Config.fraction, 0.95, "The momentum at the start and at the end"),
  minimum: Config.withDefault(Config.fraction, 0.85, "The momentum at the turn, where the rate is largest"),
  over: Fields.Span,
  warmupFraction: Config.withDefault(Fields.fraction, 0.3, "Fraction of the span in which the momentum falls")
}).check(
  Schema.makeFilter(({ minimum, maximum }) =>
    minimum <= maximum ? undefined : { path: ["minimum"], issue: `expected at most the maximum (${maximum})` }
  )
)

/**
 * Down from maximum to minimum while the rate of `OneCycle` with the same span rises, then up again, both along half a cosine: the
 * momentum of PyTorch's OneCycleLR. Smith 2018, arXiv:1803.09820, §4.2.
 */
export const entry = make({
  tag: "OneCycleMomentum",
  schema,
  at: ({ maximum, minimum, ...span }, course) => cycle({ first: maximum, top: minimum, last: maximum }, span, course)
})
