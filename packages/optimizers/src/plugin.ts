/** The optimizers, links and schedules of this package as a config names them: `optimizer: { _tag: Lion, weightDecay: 0.1 }`. */
import * as Entry from "@etude/core/Entry"
import type { Optimizer } from "@etude/core/Optimizer"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import type { Update } from "@etude/core/Update"
import * as Schema from "effect/Schema"
import * as Links from "./Links.ts"
import * as Optimizers from "./Optimizers.ts"
import { schedules } from "./Schedules.ts"

const { notNegative, positive, withDefault } = Options

const belowOne = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }, { message: "expected a number in [0, 1)" })
)
const l2 = withDefault(notNegative, 0, "L2 penalty, added to the gradient as weightDecay · parameter")
const decay = (byDefault: number) =>
  withDefault(notNegative, byDefault, "Decoupled: the parameter shrinks by learningRate · weightDecay")
const moments = (epsilon = 1e-8) => ({
  beta1: withDefault(belowOne, 0.9, "Decay of the mean of gradients"),
  beta2: withDefault(belowOne, 0.999, "Decay of the mean of squared gradients"),
  epsilon: withDefault(positive, epsilon, "Added to the root of the second moment")
})

const Adadelta = Schema.TaggedStruct("Adadelta", {
  rho: withDefault(belowOne, 0.9, "Decay of the means of squares"),
  epsilon: withDefault(positive, 1e-6, "Added inside both roots"),
  weightDecay: l2
})
const Adamax = Schema.TaggedStruct("Adamax", { ...moments(), weightDecay: l2 })
const NAdam = Schema.TaggedStruct("NAdam", {
  ...moments(),
  momentumDecay: withDefault(notNegative, 0.004, "How fast the momentum grows to beta1"),
  weightDecay: l2
})
const RAdam = Schema.TaggedStruct("RAdam", { ...moments(), weightDecay: l2 })
const Lion = Schema.TaggedStruct("Lion", {
  beta1: withDefault(belowOne, 0.9, "Of the update's direction"),
  beta2: withDefault(belowOne, 0.99, "Of the mean that is kept"),
  weightDecay: decay(0)
})
const Lamb = Schema.TaggedStruct("Lamb", { ...moments(1e-6), weightDecay: decay(0) })
const Lars = Schema.TaggedStruct("Lars", {
  momentum: withDefault(belowOne, 0.9, "Fraction of the last update that is kept"),
  nesterov: withDefault(Schema.Boolean, false, "Look ahead along the momentum"),
  coefficient: withDefault(positive, 0.001, "Times the ratio of a parameter's norm to its update's"),
  epsilon: withDefault(notNegative, 0, "Added to the norm of the update"),
  weightDecay: l2
})
const Adafactor = Schema.TaggedStruct("Adafactor", {
  betaDecay: withDefault(
    Schema.Finite.check(Schema.isLessThan(0, { message: "expected a number below 0" })),
    -0.8,
    "The mean of squares moves by step^betaDecay"
  ),
  epsilon: withDefault(positive, 1.1920929e-7, "Squares count as at least epsilon²"),
  leastSize: withDefault(positive, 0.001, "The size of a parameter counts as at least this"),
  clipping: withDefault(positive, 1, "The largest root mean square of an update before it is scaled"),
  weightDecay: decay(0)
})
const Muon = Schema.TaggedStruct("Muon", {
  momentum: withDefault(belowOne, 0.95, "Fraction of the last update that is kept"),
  nesterov: withDefault(Schema.Boolean, true, "Look ahead along the momentum"),
  iterations: withDefault(Options.count("iterations"), 5, "Iterations of Newton and Schulz"),
  weightDecay: decay(0.1)
})
const ScheduleFreeAdamW = Schema.TaggedStruct("ScheduleFreeAdamW", {
  ...moments(),
  beta1: withDefault(belowOne, 0.9, "How near to the average of the weights gradients are taken"),
  power: withDefault(notNegative, 2, "Steps count in the average by their largest rate so far to this power"),
  weightDecay: decay(0)
})

/** With any optimizer, whoever adds it, in `of`. */
const Lookahead = (optimizer: Schema.Codec<Entry.Tagged, unknown>) =>
  Schema.TaggedStruct("Lookahead", {
    of: optimizer,
    every: withDefault(Options.count("steps"), 5, "Steps of the fast weights between two synchronizations"),
    fraction: withDefault(
      Schema.Finite.check(
        Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMinimum: true }, { message: "expected a number in (0, 1]" })
      ),
      0.5,
      "The fraction of the way that the slow weights follow"
    )
  })

/** Every optimizer of this package. */
export const optimizers: ReadonlyArray<Entry.Entry<Optimizer>> = [
  Entry.of({ tag: "Adadelta", schema: Adadelta, make: Optimizers.adadelta }),
  Entry.of({ tag: "Adamax", schema: Adamax, make: Optimizers.adamax }),
  Entry.of({ tag: "NAdam", schema: NAdam, make: Optimizers.nadam }),
  Entry.of({ tag: "RAdam", schema: RAdam, make: Optimizers.radam }),
  Entry.of({ tag: "Lion", schema: Lion, make: Optimizers.lion }),
  Entry.of({ tag: "Lamb", schema: Lamb, make: Optimizers.lamb }),
  Entry.of({ tag: "Lars", schema: Lars, make: Optimizers.lars }),
  Entry.of({ tag: "Adafactor", schema: Adafactor, make: Optimizers.adafactor }),
  Entry.of({ tag: "Muon", schema: Muon, make: Optimizers.muon }),
  Entry.of({ tag: "ScheduleFreeAdamW", schema: ScheduleFreeAdamW, make: Optimizers.scheduleFreeAdamW }),
  Entry.around({
    tag: "Lookahead",
    schema: Lookahead,
    make: ({ of, ...options }, other: (variant: Entry.Tagged) => Optimizer) =>
      Optimizers.lookahead({ ...options, of: other(of) })
  })
]

/** Every link of this package that a config may name. */
export const links: ReadonlyArray<Entry.Entry<Update>> = [
  Entry.of({
    tag: "CentralizeGradients",
    schema: Schema.TaggedStruct("CentralizeGradients", {}),
    make: (): Update => Links.centralizeGradients()
  })
]

/** The plugin that adds them; it has no options of its own. */
export const plugin = Plugin.make({ name: "@etude/optimizers", optimizers, links, schedules })
