/** The losses of this package as a config names them: `loss: { _tag: Focal, gamma: 2 }`. */
import * as Entry from "@etude/core/Entry"
import type { LossEntry } from "@etude/core/NamedLosses"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import * as Schema from "effect/Schema"
import { ctc, ctcOfFrames } from "./Ctc.ts"
import { dice } from "./Dice.ts"
import { distillation } from "./Distillation.ts"
import { cosine, cosineEmbedding, infoNce, triplet } from "./Embeddings.ts"
import { focal, softmaxFocal } from "./Focal.ts"
import { gaussian, poisson } from "./Likelihood.ts"
import { quantile } from "./Quantile.ts"

const { notNegative, positive, withDefault } = Options

const unit = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1 }, { message: "expected a number in [0, 1]" })
)
const blank = withDefault(Schema.Natural, 0, "The class of no label")
const gamma = withDefault(notNegative, 2, "How much less a well classified element counts; 0 is cross-entropy")

const Focal = Schema.TaggedStruct("Focal", {
  gamma,
  alpha: withDefault(Schema.NullOr(unit), 0.25, "The weight of the positive class; null for none")
})
const SoftmaxFocal = Schema.TaggedStruct("SoftmaxFocal", { gamma })
const Dice = Schema.TaggedStruct("Dice", {
  smoothing: withDefault(notNegative, 1, "Added above and below, so that a sample without anything to find is defined")
})
const Gaussian = Schema.TaggedStruct("Gaussian", {
  leastVariance: withDefault(positive, 1e-6, "Smaller variances are taken for this")
})
const level = Schema.Finite.check(
  Schema.isBetween(
    { minimum: 0, maximum: 1, exclusiveMinimum: true, exclusiveMaximum: true },
    { message: "expected a number between 0 and 1" }
  )
)
const Quantile = Schema.TaggedStruct("Quantile", {
  levels: withDefault(Schema.NonEmptyArray(level), [0.5], "A quantile for each")
})
const CosineEmbedding = Schema.TaggedStruct("CosineEmbedding", {
  margin: withDefault(
    Schema.Finite.check(Schema.isBetween({ minimum: -1, maximum: 1 }, { message: "expected a number in [−1, 1]" })),
    0,
    "The cosine up to which pairs that don't belong together cost nothing"
  )
})
const Triplet = Schema.TaggedStruct("Triplet", {
  margin: withDefault(positive, 1, "How much farther the negative has to be than the positive")
})
const InfoNce = Schema.TaggedStruct("InfoNce", {
  temperature: withDefault(positive, 0.1, "Divides the cosines")
})
const Distillation = Schema.TaggedStruct("Distillation", {
  temperature: withDefault(positive, 4, "Divides the logits of teacher and student"),
  teacherWeight: withDefault(unit, 0.5, "The weight of the teacher; the rest is that of the labels")
})

/** Every loss of this package that a config may name. */
export const losses: ReadonlyArray<LossEntry> = [
  Entry.of({ tag: "Focal", schema: Focal, make: focal }),
  Entry.of({ tag: "SoftmaxFocal", schema: SoftmaxFocal, make: (options) => softmaxFocal(options.gamma) }),
  Entry.of({ tag: "Dice", schema: Dice, make: ({ smoothing }) => dice(smoothing) }),
  Entry.of({ tag: "Poisson", schema: Schema.TaggedStruct("Poisson", {}), make: () => ({ ...poisson }) }),
  Entry.of({ tag: "Gaussian", schema: Gaussian, make: ({ leastVariance }) => gaussian(leastVariance) }),
  Entry.of({ tag: "Quantile", schema: Quantile, make: ({ levels }) => quantile(levels) }),
  Entry.of({ tag: "Cosine", schema: Schema.TaggedStruct("Cosine", {}), make: () => ({ ...cosine }) }),
  Entry.of({ tag: "CosineEmbedding", schema: CosineEmbedding, make: ({ margin }) => cosineEmbedding(margin) }),
  Entry.of({ tag: "Triplet", schema: Triplet, make: ({ margin }) => triplet(margin) }),
  Entry.of({ tag: "InfoNce", schema: InfoNce, make: ({ temperature }) => infoNce(temperature) }),
  Entry.of({ tag: "Distillation", schema: Distillation, make: distillation }),
  Entry.of({ tag: "Ctc", schema: Schema.TaggedStruct("Ctc", { blank }), make: ctc }),
  Entry.of({ tag: "CtcOfFrames", schema: Schema.TaggedStruct("CtcOfFrames", { blank }), make: ctcOfFrames })
]

/** The plugin that adds them; it has no options of its own. */
export const plugin = Plugin.make({ name: "@etude/losses", losses })
