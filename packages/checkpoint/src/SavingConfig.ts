/** Saving as a config file writes it: when, what to keep, and whether beside training. */
import { Extent } from "@etude/core"
import { count, withDefault } from "@etude/core/Config"
import * as Schema from "effect/Schema"
import * as Keep from "./Keep.ts"
import * as SaveWhen from "./SaveWhen.ts"
import type { SavingOptions } from "./Saving.ts"

const schema = Schema.Struct({
  every: withDefault(Extent.Every, { epochs: 1 }).annotate({ description: "How often to save" }),
  onImprovement: Schema.optionalKey(Schema.String).annotate({
    description: "Save whenever this monitor reaches a new best, such as validation/accuracy"
  }),
  keepLast: withDefault(count("checkpoints"), 2).annotate({
    description: "How many of the newest checkpoints to keep"
  }),
  keepBest: Schema.optionalKey(
    Schema.Struct({
      monitor: Schema.String,
      better: Schema.optionalKey(Schema.Literals(["higher", "lower"])).annotate({
        description: "Default: as the metric declares; required only if it declares neither"
      }),
      count: withDefault(count("checkpoints"), 1)
    })
  ).annotate({ description: "How many of the best, by a monitor, to keep as well; ties keep the earlier" }),
  asynchronous: withDefault(Schema.Boolean, true).annotate({ description: "Write beside training" }),
  onFailedWrite: withDefault(Schema.Literals(["fail", "warn"]), "fail").annotate({
    description: "If a checkpoint can't be written after retries: end the run, or warn"
  })
})
export interface SavingConfig extends Schema.Schema.Type<typeof schema> {}
export interface SavingConfigEncoded extends Schema.Codec.Encoded<typeof schema> {}
export const SavingConfig: Schema.Codec<SavingConfig, SavingConfigEncoded> = schema

const ruleOf = (every: Extent.Every): SaveWhen.SaveWhen =>
  "epochs" in every
    ? SaveWhen.everyEpochs(every.epochs)
    : "steps" in every
      ? SaveWhen.everySteps(every.steps)
      : SaveWhen.everyMinutes(every.minutes)

/** The rules that a config describes, for `Saving.layer`. */
export const rulesOf = ({
  every,
  onImprovement,
  keepLast,
  keepBest
}: SavingConfig): Required<Pick<SavingOptions, "when" | "keep" | "follows">> => ({
  when:
    onImprovement === undefined ? ruleOf(every) : SaveWhen.anyOf(ruleOf(every), SaveWhen.onImprovement(onImprovement)),
  keep:
    keepBest === undefined
      ? Keep.last(keepLast)
      : Keep.anyOf(Keep.last(keepLast), Keep.best(keepBest.count, keepBest.monitor, keepBest.better)),
  follows: [...(onImprovement === undefined ? [] : [onImprovement]), ...(keepBest === undefined ? [] : [keepBest])]
})
