/**
 * Optimizers: chains of updates from gradients to what is added to the parameters, and how configs name them. Defaults and
 * meanings are PyTorch's; the learning rate is not here but in the schedule.
 */
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as Configs from "./Config.ts"
import * as Entry from "./Entry.ts"
import * as LearningRate from "./LearningRate.ts"
import * as Scheduled from "./Scheduled.ts"
import * as Update from "./Update.ts"
import { addDecayedWeights } from "./updates/AddDecayedWeights.ts"
import { scaleByAdagrad } from "./updates/ScaleByAdagrad.ts"
import { scaleByAdam } from "./updates/ScaleByAdam.ts"
import { scaleByLearningRate } from "./updates/ScaleByLearningRate.ts"
import { scaleByDeviation, scaleByRms } from "./updates/ScaleByRms.ts"
import { trace } from "./updates/Trace.ts"

/**
 * The rule of an optimizer: an update that ends with what is added to the parameters, such as a chain whose last link is the
 * learning rate. See `Update` and `Updates`.
 */
export type Optimizer<Number_ extends string = any, Slot extends string = any> = Update.Update<Number_, Slot>

type Options<C extends Entry.Tagged, Numbers> = {
  readonly [name in Exclude<keyof C, "_tag">]?: Scheduled.Decoded extends C[name] ? Numbers : C[name]
}
/** Options in code: numbers that may be scheduled are numbers or schedules, functions among them. */
type OptionsOf<C extends Entry.Tagged> = Options<C, Scheduled.Input>
/** Options as a config file writes them: all but the tag may be left out. */
type Written<C extends Entry.Tagged> = Pick<C, "_tag"> & Options<C, Scheduled.Encoded>
/** As a config in code writes them. */
type InCode<C extends Entry.Tagged> = Pick<C, "_tag"> & OptionsOf<C>

const optional = Configs.withDefault
const belowOne = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }, { message: "expected a number in [0, 1)" })
)
const atLeastZero = Schema.Finite.check(
  Schema.isGreaterThanOrEqualTo(0, { message: "expected a number of at least 0" })
)
const aboveZero = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected a number above 0" }))

const l2 = (scheduled: Scheduled.SchemaOf) =>
  optional(scheduled(atLeastZero), 0, "L2 penalty, added to the gradient as weightDecay · parameter")
const adamFields = (scheduled: Scheduled.SchemaOf) => ({
  beta1: optional(scheduled(belowOne), 0.9, "Decay of the mean of gradients"),
  beta2: optional(scheduled(belowOne), 0.999, "Decay of the mean of squared gradients"),
  epsilon: optional(aboveZero, 1e-8, "Added to the root of the second moment")
})

/** Options of stochastic gradient descent; see {@link sgd}. */
export interface Sgd {
  readonly _tag: "Sgd"
  readonly momentum: Scheduled.Decoded
  readonly nesterov: boolean
  readonly dampening: number
  readonly weightDecay: Scheduled.Decoded
}
const Sgd = (scheduled: Scheduled.SchemaOf): Schema.Codec<Sgd, Written<Sgd>> =>
  Schema.TaggedStruct("Sgd", {
    momentum: optional(scheduled(belowOne), 0, "Fraction of the last update that is kept; 0 is plain gradient descent"),
    nesterov: optional(Schema.Boolean, false, "Look ahead along the momentum; needs momentum and no dampening"),
    dampening: optional(belowOne, 0, "Fraction of the gradient that does not enter the momentum"),
    weightDecay: l2(scheduled)
  }).check(
    Schema.makeFilter(({ nesterov, momentum, dampening }) =>
      !nesterov || (momentum !== 0 && dampening === 0)
        ? undefined
        : { path: ["nesterov"], issue: "expected momentum above 0 and dampening 0 with nesterov" }
    )
  )
interface AdamNumbers {
  readonly beta1: Scheduled.Decoded
  readonly beta2: Scheduled.Decoded
  readonly epsilon: number
  readonly weightDecay: Scheduled.Decoded
}
/** Options of Adam; see {@link adam}. */
export interface Adam extends AdamNumbers {
  readonly _tag: "Adam"
}
const Adam = (scheduled: Scheduled.SchemaOf): Schema.Codec<Adam, Written<Adam>> =>
  Schema.TaggedStruct("Adam", { ...adamFields(scheduled), weightDecay: l2(scheduled) })
/** Options of Adam with decoupled weight decay; see {@link adamW}. */
export interface AdamW extends AdamNumbers {
  readonly _tag: "AdamW"
}
const AdamW = (scheduled: Scheduled.SchemaOf): Schema.Codec<AdamW, Written<AdamW>> =>
  Schema.TaggedStruct("AdamW", {
    ...adamFields(scheduled),
    weightDecay: optional(
      scheduled(atLeastZero),
      0.01,
      "Decoupled: the parameter shrinks by learningRate · weightDecay"
    )
  })
/** Options of RMSprop; see {@link rmsProp}. */
export interface RmsProp {
  readonly _tag: "RmsProp"
  readonly alpha: number
  readonly epsilon: number
  readonly momentum: Scheduled.Decoded
  readonly centered: boolean
  readonly weightDecay: Scheduled.Decoded
}
const RmsProp = (scheduled: Scheduled.SchemaOf): Schema.Codec<RmsProp, Written<RmsProp>> =>
  Schema.TaggedStruct("RmsProp", {
    alpha: optional(belowOne, 0.99, "Decay of the mean of squared gradients"),
    epsilon: optional(aboveZero, 1e-8, "Added to the root of the second moment"),
    momentum: optional(scheduled(belowOne), 0, "Fraction of the last update that is kept"),
    centered: optional(Schema.Boolean, false, "Divide by the deviation instead of the root mean square"),
    weightDecay: l2(scheduled)
  })
/** Options of Adagrad; see {@link adagrad}. */
export interface Adagrad {
  readonly _tag: "Adagrad"
  readonly learningRateDecay: number
  readonly initialAccumulator: number
  readonly epsilon: number
  readonly weightDecay: Scheduled.Decoded
}
const Adagrad = (scheduled: Scheduled.SchemaOf): Schema.Codec<Adagrad, Written<Adagrad>> =>
  Schema.TaggedStruct("Adagrad", {
    learningRateDecay: optional(atLeastZero, 0, "The rate is divided by 1 + (step − 1) · learningRateDecay"),
    initialAccumulator: optional(atLeastZero, 0, "Initial sum of squared gradients"),
    epsilon: optional(aboveZero, 1e-10, "Added to the root of the sum"),
    weightDecay: l2(scheduled)
  })

/** An optimizer of this package, as a decoded config holds it. */
export type Config = Sgd | Adam | AdamW | RmsProp | Adagrad
/** As a config writes it: what has a default can be left out. */
export type ConfigInput = Written<Sgd> | Written<Adam> | Written<AdamW> | Written<RmsProp> | Written<Adagrad>
/** As a config in code writes it: schedules may be functions. */
export type ConfigInCode = InCode<Sgd> | InCode<Adam> | InCode<AdamW> | InCode<RmsProp> | InCode<Adagrad>

const sgdRule = ({ _tag, momentum, weightDecay, ...options }: Sgd): Optimizer =>
  Update.named(
    _tag,
    Update.chain(
      addDecayedWeights(weightDecay),
      ...(momentum === 0 ? [] : [trace({ momentum, ...options })]),
      scaleByLearningRate()
    )
  )

const adamRule = ({ _tag, weightDecay, ...options }: Adam): Optimizer =>
  Update.named(_tag, Update.chain(addDecayedWeights(weightDecay), scaleByAdam(options), scaleByLearningRate()))

const adamWRule = ({ _tag, weightDecay, ...options }: AdamW): Optimizer =>
  Update.named(_tag, Update.chain(scaleByAdam(options), addDecayedWeights(weightDecay), scaleByLearningRate()))

const rmsPropRule = ({ _tag, momentum, centered, weightDecay, ...options }: RmsProp): Optimizer =>
  Update.named(
    _tag,
    Update.chain(
      addDecayedWeights(weightDecay),
      centered ? scaleByDeviation(options) : scaleByRms(options),
      ...(momentum === 0 ? [] : [trace({ momentum })]),
      scaleByLearningRate()
    )
  )

const adagradRule = ({ _tag, learningRateDecay, weightDecay, ...options }: Adagrad): Optimizer =>
  Update.named(
    _tag,
    Update.chain(
      addDecayedWeights(weightDecay),
      scaleByAdagrad(options),
      scaleByLearningRate({ decay: learningRateDecay })
    )
  )

/** Every optimizer of this package, as configs name them. */
export const entries: ReadonlyArray<Entry.Entry<Optimizer>> = [
  Entry.scheduled({ tag: "Sgd", schema: Sgd, make: sgdRule }),
  Entry.scheduled({ tag: "Adam", schema: Adam, make: adamRule }),
  Entry.scheduled({ tag: "AdamW", schema: AdamW, make: adamWRule }),
  Entry.scheduled({ tag: "RmsProp", schema: RmsProp, make: rmsPropRule }),
  Entry.scheduled({ tag: "Adagrad", schema: Adagrad, make: adagradRule })
]

/** The schema of an optimizer that is one of these, whose numbers have these schedules. */
export const schemaOf = (
  all: ReadonlyArray<Entry.Entry<Optimizer>>,
  schedules: ReadonlyArray<LearningRate.ScheduleEntry> = LearningRate.entries
): Schema.Codec<Config, ConfigInput> =>
  Entry.union(
    all,
    {
      identifier: "Optimizer",
      description: "The rule that turns gradients into updates; the learning rate is set separately",
      message: `expected an optimizer: { _tag: ${Entry.tagsOf(all)}, … }`
    },
    Scheduled.schemaOf(schedules)
  )

/** An optimizer of this package. */
export const Config: Schema.Codec<Config, ConfigInput> = schemaOf(entries)

/** The optimizer that a config describes. */
export const fromConfig = (config: Config): Optimizer => Entry.make(entries, config)

/** A number within every range, in the place of a schedule that is a function. */
const standIn = 0.5

/**
 * Options in code are read as a config file is: the same defaults, and `ConfigInvalid` thrown with all problems. Schedules that are
 * functions stay as they are.
 */
const fromOptions = <C extends Config>(_tag: C["_tag"], options: OptionsOf<C>): Optimizer => {
  const custom = Record.filter(options as { readonly [name: string]: unknown }, LearningRate.isCustom)
  const written = { _tag, ...options, ...Record.map(custom, () => standIn) }
  const config = Effect.runSync(Configs.decode(Config, written, `the optimizer ${_tag}`))
  return Entry.make(entries, { ...config, ...custom })
}

/**
 * Stochastic gradient descent: v ← μ·v + (1 − dampening)·g, p ← p − lr·v; with `nesterov` p ← p − lr·(g + μ·v). The first
 * v is g itself. Sutskever et al. 2013, in PyTorch's form, in which the rate is outside the momentum.
 */
export const sgd = (options: OptionsOf<Sgd> = {}): Optimizer => fromOptions("Sgd", options)

/** Adam: p ← p − lr·m̂ / (√v̂ + ε). Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1. */
export const adam = (options: OptionsOf<Adam> = {}): Optimizer => fromOptions("Adam", options)

/**
 * Adam with decoupled weight decay: the parameter also shrinks by lr·weightDecay. Loshchilov and Hutter 2019,
 * arXiv:1711.05101, Algorithm 2, with the decay scaled by the rate as in PyTorch.
 */
export const adamW = (options: OptionsOf<AdamW> = {}): Optimizer => fromOptions("AdamW", options)

/**
 * RMSprop: p ← p − lr·g / (√E[g²] + ε); `centered` divides by √(E[g²] − E[g]²), which needs gradients that vary. Tieleman
 * and Hinton 2012; Graves 2013, arXiv:1308.0850, eq. 38.
 */
export const rmsProp = (options: OptionsOf<RmsProp> = {}): Optimizer => fromOptions("RmsProp", options)

/** Adagrad: p ← p − lr·g / (√Σg² + ε). Duchi et al. 2011. */
export const adagrad = (options: OptionsOf<Adagrad> = {}): Optimizer => fromOptions("Adagrad", options)
