/** Losses as configs name them, by `_tag` with their options; those of other packages are entries of the same kind. */
import * as Schema from "effect/Schema"
import * as Entry from "./Entry.ts"
import type { Loss } from "./Loss.ts"
import { binaryCrossEntropy } from "./losses/BinaryCrossEntropy.ts"
import { hinge, huber, meanAbsoluteError, meanSquaredError } from "./losses/Regression.ts"
import { klDivergence, softmaxCrossEntropy } from "./losses/Softmax.ts"
import * as Options from "./Options.ts"

// any: the outputs and targets of a loss are known to the task
export type LossEntry = Entry.Entry<Loss<any, any>>

const weight = Schema.Finite.check(
  Schema.isGreaterThanOrEqualTo(0, { message: "expected a finite number of at least 0" })
)

const SoftmaxCrossEntropy = Schema.TaggedStruct("SoftmaxCrossEntropy", {
  labelSmoothing: Options.withDefault(
    Schema.Finite.check(
      Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }, { message: "expected a number in [0, 1)" })
    ),
    0,
    "Fraction of each target that is spread over all classes"
  ),
  classWeights: Schema.optionalKey(Schema.Array(weight)).annotate({ description: "The weight of each class" })
})
const BinaryCrossEntropy = Schema.TaggedStruct("BinaryCrossEntropy", {
  positiveWeight: Options.withDefault(Options.positive, 1, "The weight of the positive class")
})
const Huber = Schema.TaggedStruct("Huber", {
  delta: Options.withDefault(Options.positive, 1, "Where the loss becomes linear, in units of the outputs")
})

/** A loss without options. */
const plain = (tag: string, loss: Loss<any, any>): LossEntry => ({
  tag,
  schema: Schema.TaggedStruct(tag, {}),
  make: () => ({ ...loss })
})

/** Every loss of this package that a config may name. */
export const entries: ReadonlyArray<LossEntry> = [
  Entry.of({ tag: "SoftmaxCrossEntropy", schema: SoftmaxCrossEntropy, make: softmaxCrossEntropy }),
  plain("KlDivergence", klDivergence),
  Entry.of({ tag: "BinaryCrossEntropy", schema: BinaryCrossEntropy, make: binaryCrossEntropy }),
  plain("MeanSquaredError", meanSquaredError),
  plain("MeanAbsoluteError", meanAbsoluteError),
  Entry.of({ tag: "Huber", schema: Huber, make: ({ delta }) => huber(delta) }),
  plain("Hinge", hinge)
]

/** A loss of a config, with its options. */
export interface Variant extends Entry.Tagged {
  readonly [option: string]: unknown
}

/** The losses of a config: one, for a task with a single loss, or several by the names that the task gives them. */
export type Named = Variant | { readonly [loss: string]: Variant }

const isOne = (losses: Named): losses is Variant => typeof losses._tag === "string"

/** The schema of the losses that a config names among these. */
export const schemaOf = (all: ReadonlyArray<LossEntry>): Schema.Codec<Named, Named> => {
  const one = Entry.union(all).annotate({ message: `expected a loss: { _tag: ${Entry.tagsOf(all)}, … }` })
  return Schema.Union([one, Schema.Record(Schema.String, one)])
}

/** The losses that a config describes, by the task's names; a single one has the name `loss`. */
export const make = (all: ReadonlyArray<LossEntry>, losses: Named): { readonly [loss: string]: Loss<any, any> } =>
  isOne(losses)
    ? { loss: Entry.make(all, losses) }
    : Object.fromEntries(Object.entries(losses).map(([name, variant]) => [name, Entry.make(all, variant)]))
