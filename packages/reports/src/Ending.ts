/** How a run ended, in a person's words: `finished: 4 of 4 epochs`, `stopped: no improvement in 3 validations`. */
import * as Extent from "@etude/core/Extent"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as format from "./internal/format.ts"

export interface Ended {
  readonly status: "ended" | "interrupted" | "failed" | "unfinished"
  /** Why: the limit that was reached (`until epochs`), or what a callback or an error said. */
  readonly reason: string
  /** The training config, as events and reports hold it. */
  readonly config: Schema.Json
  readonly counts: { readonly epochs: number; readonly steps: number; readonly samples: number }
}

const limits = Schema.decodeUnknownOption(Schema.Struct({ until: Extent.Until }))

/** The limit that ended the run, with what was done of it. */
const reachedLimit = ({ reason, config, counts }: Ended): string | undefined => {
  const until = Option.match(limits(config), { onNone: (): Extent.Until => ({}), onSome: (known) => known.until })
  switch (reason) {
    case "until epochs":
      return until.epochs === undefined || counts.epochs > until.epochs
        ? format.plural(counts.epochs, "epoch", "epochs")
        : `${format.count(counts.epochs)} of ${format.plural(until.epochs, "epoch", "epochs")}`
    case "until steps":
      return `${format.count(counts.steps)} of ${format.plural(until.steps ?? counts.steps, "step", "steps")}`
    case "until samples":
      return format.plural(counts.samples, "sample", "samples")
    case "until minutes":
      return `after ${format.plural(until.minutes ?? 0, "minute", "minutes")}`
    default:
      return undefined
  }
}

/** One word, and what it says more. */
export interface Ending {
  readonly word: "finished" | "stopped" | "interrupted" | "failed" | "unfinished"
  readonly detail: string
}

export const of = (ended: Ended): Ending => {
  if (ended.status === "failed") return { word: "failed", detail: ended.reason }
  if (ended.status !== "ended") return { word: ended.status, detail: "" }
  const limit = reachedLimit(ended)
  return limit === undefined ? { word: "stopped", detail: ended.reason } : { word: "finished", detail: limit }
}

export const sentence = (ended: Ended): string => {
  const { word, detail } = of(ended)
  return detail === "" ? word : `${word}: ${detail}`
}
