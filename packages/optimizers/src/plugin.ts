/** The optimizers, links and schedules of this package as a config names them: `optimizer: { _tag: Lion, weightDecay: 0.1 }`. */
import * as Entry from "@etude/core/Entry"
import type { Optimizer } from "@etude/core/Optimizer"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import type { SchemaOf } from "@etude/core/Scheduled"
import type { Update } from "@etude/core/Update"
import * as Schema from "effect/Schema"
import * as Links from "./Links.ts"
import * as Optimizers from "./Optimizers.ts"
import { schedules } from "./Schedules.ts"

const { notNegative, positive, withDefault } = Options

const belowOne = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }, { message: "expected a number in [0, 1)" })
)
const l2 = (scheduled: SchemaOf) =>
  withDefault(scheduled(notNegative), 0, "L2 penalty, added to the gradient as weightDecay · parameter")
const decay = (scheduled: SchemaOf, byDefault: number) =>
  withDefault(scheduled(notNegative), byDefault, "Decoupled: the parameter shrinks by learningRate · weightDecay")
const epsilonOf = (byDefault = 1e-8) => withDefault(positive, byDefault, "Added to the root of the second moment")
const moments = {
  beta1: withDefault(belowOne, 0.9, "Decay of the mean of gradients"),
  beta2: withDefault(belowOne, 0.999, "Decay of the mean of squared gradients"),
  epsilon: epsilonOf()
}
const momentumOf = (scheduled: SchemaOf, byDefault: number) =>
  withDefault(scheduled(belowOne), byDefault, "Fraction of the last update that is kept")

const Adadelta = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("Adadelta", {
    rho: withDefault(belowOne, 0.9, "Decay of the means of squares"),
    epsilon: withDefault(positive, 1e-6, "Added inside both roots"),
    weightDecay: l2(scheduled)
  })
const Adamax = (scheduled: SchemaOf) => Schema.TaggedStruct("Adamax", { ...moments, weightDecay: l2(scheduled) })
const NAdam = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("NAdam", {
    ...moments,
    momentumDecay: withDefault(notNegative, 0.004, "How fast the momentum grows to beta1"),
    weightDecay: l2(scheduled)
  })
const RAdam = (scheduled: SchemaOf) => Schema.TaggedStruct("RAdam", { ...moments, weightDecay: l2(scheduled) })
const Lion = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("Lion", {
    beta1: withDefault(scheduled(belowOne), 0.9, "Of the update's direction"),
    beta2: withDefault(scheduled(belowOne), 0.99, "Of the mean that is kept"),
    weightDecay: decay(scheduled, 0)
  })
const Lamb = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("Lamb", {
    beta1: withDefault(scheduled(belowOne), 0.9, "Decay of the mean of gradients"),
    beta2: withDefault(scheduled(belowOne), 0.999, "Decay of the mean of squared gradients"),
    epsilon: epsilonOf(1e-6),
    weightDecay: decay(scheduled, 0)
  })
const Lars = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("Lars", {
    momentum: momentumOf(scheduled, 0.9),
    nesterov: withDefault(Schema.Boolean, false, "Look ahead along the momentum"),
    coefficient: withDefault(positive, 0.001, "Times the ratio of a parameter's norm to its update's"),
    epsilon: withDefault(notNegative, 0, "Added to the norm of the update"),
    weightDecay: l2(scheduled)
  })
const Adafactor = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("Adafactor", {
    betaDecay: withDefault(
      Schema.Finite.check(Schema.isLessThan(0, { message: "expected a number below 0" })),
      -0.8,
      "The mean of squares moves by step^betaDecay"
    ),
    epsilon: withDefault(positive, 1.1920929e-7, "Squares count as at least epsilon²"),
    leastSize: withDefault(positive, 0.001, "The size of a parameter counts as at least this"),
    clipping: withDefault(positive, 1, "The largest root mean square of an update before it is scaled"),
    weightDecay: decay(scheduled, 0)
  })
const Muon = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("Muon", {
    momentum: momentumOf(scheduled, 0.95),
    nesterov: withDefault(Schema.Boolean, true, "Look ahead along the momentum"),
    iterations: withDefault(Options.count("iterations"), 5, "Iterations of Newton and Schulz"),
    weightDecay: decay(scheduled, 0.1)
  })
const ScheduleFreeAdamW = (scheduled: SchemaOf) =>
  Schema.TaggedStruct("ScheduleFreeAdamW", {
    ...moments,
    beta1: withDefault(belowOne, 0.9, "How near to the average of the weights gradients are taken"),
    power: withDefault(notNegative, 2, "Steps count in the average by their largest rate so far to this power"),
    weightDecay: decay(scheduled, 0)
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
  Entry.scheduled({ tag: "Adadelta", schema: Adadelta, make: Optimizers.adadelta }),
  Entry.scheduled({ tag: "Adamax", schema: Adamax, make: Optimizers.adamax }),
  Entry.scheduled({ tag: "NAdam", schema: NAdam, make: Optimizers.nadam }),
  Entry.scheduled({ tag: "RAdam", schema: RAdam, make: Optimizers.radam }),
  Entry.scheduled({ tag: "Lion", schema: Lion, make: Optimizers.lion }),
  Entry.scheduled({ tag: "Lamb", schema: Lamb, make: Optimizers.lamb }),
  Entry.scheduled({ tag: "Lars", schema: Lars, make: Optimizers.lars }),
  Entry.scheduled({ tag: "Adafactor", schema: Adafactor, make: Optimizers.adafactor }),
  Entry.scheduled({ tag: "Muon", schema: Muon, make: Optimizers.muon }),
  Entry.scheduled({ tag: "ScheduleFreeAdamW", schema: ScheduleFreeAdamW, make: Optimizers.scheduleFreeAdamW }),
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
