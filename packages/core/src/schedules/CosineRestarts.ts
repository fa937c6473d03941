import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("CosineRestarts", {
  rate: Fields.rate,
  first: Fields.Span,
  multiplier: Config.withDefault(Config.count("cycles"), 1, "Length of each cycle relative to the previous one"),
  minimum: Fields.minimum
}).check(Fields.falls)

/**
 * Cosine that restarts after `first`, each cycle `multiplier` times as long. Loshchilov and Hutter 2017,
 * arXiv:1608.03983, §3.
 */
export const entry = make({
  tag: "CosineRestarts",
  schema,
  at: ({ rate, first, multiplier, minimum }, { measure }) => {
    const { length: firstLength, elapsed } = measure(first)
    return (step, begin) => {
      const since = elapsed(step, begin)
      if (multiplier === 1) return Fields.halfCosine(rate, minimum, (since % firstLength) / firstLength)
      let [cycle, length] = [0, firstLength]
      while (since >= cycle + length) {
        cycle += length
        length *= multiplier
      }
      return Fields.halfCosine(rate, minimum, (since - cycle) / length)
    }
  }
})
