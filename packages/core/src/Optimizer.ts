/**
 * Optimizers as pure rules over one tensor: `update(gradient, slots, parameter, hyper) → [change, slots]`.
 * Everything that changes from step to step (the learning rate, bias corrections) is computed on the host in float64 by
 * `hyper` and enters the step as tensors, so a rule can be run eagerly or recorded once and replayed. Defaults and
 * meanings are PyTorch's; the learning rate is not here but in the schedule.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Configs from "./Config.ts"
import * as Entry from "./Entry.ts"
import { adamStep } from "./kernels/AdamStep.ts"

/** Scalars by name, each a float32 tensor of rank 0. */
export type Hyper<Names extends string> = { readonly [name in Names]: tf.Tensor }

/** The optimizer's memory of one parameter, by name: `m` and `v` for Adam. */
export type Slots<Names extends string> = { readonly [name in Names]: tf.Tensor }

/**
 * The rule of an optimizer.
 *
 * `step` counts updates from 1. `change` is what is added to the parameter. Every tensor made inside `update` belongs to
 * the step, which cleans up after itself.
 */
export interface Optimizer<HyperName extends string = any, SlotName extends string = any> {
  readonly name: string
  /** Whether an element's update depends on that element alone; parameters are then updated together in one tensor. */
  readonly elementwise: boolean
  readonly slotNames: ReadonlyArray<SlotName>
  /** The initial slots of a parameter of this shape. */
  readonly init: (shape: ReadonlyArray<number>) => Slots<SlotName>
  /** The numbers that `update` needs at this step, from the scheduled learning rate. */
  readonly hyper: (step: number, learningRate: number) => { readonly [name in HyperName]: number }
  readonly update: (
    gradient: tf.Tensor,
    slots: Slots<SlotName>,
    parameter: tf.Tensor,
    hyper: Hyper<HyperName>
  ) => readonly [change: tf.Tensor, slots: Slots<SlotName>]
  /**
   * The same update with the new parameter instead of the change, where the running backend has a kernel for it; else
   * `undefined`. Called where nothing asks for the change.
   */
  readonly apply?: (
    gradient: tf.Tensor,
    slots: Slots<SlotName>,
    parameter: tf.Tensor,
    hyper: Hyper<HyperName>
  ) => readonly [parameter: tf.Tensor, slots: Slots<SlotName>] | undefined
}

const optional = <T, E>(schema: Schema.Codec<T, E>, value: E, description: string) =>
  schema.annotate({ default: value as never, description }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))
const belowOne = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }, { message: "expected a number in [0, 1)" })
)
const atLeastZero = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0, { message: "expected a number from 0" }))
const aboveZero = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected a number above 0" }))

const l2 = optional(atLeastZero, 0, "L2 penalty, added to the gradient as weightDecay · parameter")
const adamFields = {
  beta1: optional(belowOne, 0.9, "Decay of the mean of gradients"),
  beta2: optional(belowOne, 0.999, "Decay of the mean of squared gradients"),
  epsilon: optional(aboveZero, 1e-8, "Added to the root of the second moment")
}

const Sgd = Schema.TaggedStruct("Sgd", {
  momentum: optional(belowOne, 0, "Share of the last update that is kept; 0 is plain gradient descent"),
  nesterov: optional(Schema.Boolean, false, "Look ahead along the momentum; needs momentum and no dampening"),
  dampening: optional(belowOne, 0, "Share of the gradient that does not enter the momentum"),
  weightDecay: l2
}).check(
  Schema.makeFilter(({ nesterov, momentum, dampening }) =>
    !nesterov || (momentum > 0 && dampening === 0)
      ? undefined
      : { path: ["nesterov"], issue: "expected momentum above 0 and dampening 0 with nesterov" }
  )
)
const Adam = Schema.TaggedStruct("Adam", { ...adamFields, weightDecay: l2 })
const AdamW = Schema.TaggedStruct("AdamW", {
  ...adamFields,
  weightDecay: optional(atLeastZero, 0.01, "Decoupled: the parameter shrinks by learningRate · weightDecay")
})
const RmsProp = Schema.TaggedStruct("RmsProp", {
  alpha: optional(belowOne, 0.99, "Decay of the mean of squared gradients"),
  epsilon: optional(aboveZero, 1e-8, "Added to the root of the second moment"),
  momentum: optional(belowOne, 0, "Share of the last update that is kept"),
  centered: optional(Schema.Boolean, false, "Divide by the deviation instead of the root mean square"),
  weightDecay: l2
})
const Adagrad = Schema.TaggedStruct("Adagrad", {
  learningRateDecay: optional(atLeastZero, 0, "The rate is divided by 1 + (step − 1) · learningRateDecay"),
  initialAccumulator: optional(atLeastZero, 0, "Initial sum of squared gradients"),
  epsilon: optional(aboveZero, 1e-10, "Added to the root of the sum"),
  weightDecay: l2
})

/** An optimizer of this package, as a decoded config holds it. */
export type Config = typeof Sgd.Type | typeof Adam.Type | typeof AdamW.Type | typeof RmsProp.Type | typeof Adagrad.Type
/** As a config writes it: what has a default can be left out. */
export type ConfigInput =
  | typeof Sgd.Encoded
  | typeof Adam.Encoded
  | typeof AdamW.Encoded
  | typeof RmsProp.Encoded
  | typeof Adagrad.Encoded
type ConfigOf<Tag extends Config["_tag"]> = Extract<Config, { readonly _tag: Tag }>
type OptionsOf<Tag extends Config["_tag"]> = Partial<Omit<ConfigOf<Tag>, "_tag">>

const decayed = (gradient: tf.Tensor, parameter: tf.Tensor, weightDecay: number): tf.Tensor =>
  weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay))

const zeros =
  <Names extends string>(names: ReadonlyArray<Names>) =>
  (shape: ReadonlyArray<number>): Slots<Names> =>
    Object.fromEntries(names.map((name) => [name, tf.zeros([...shape])])) as Slots<Names>

const sgdRule = ({ momentum, nesterov, dampening, weightDecay }: ConfigOf<"Sgd">): Optimizer => {
  if (momentum === 0) {
    return {
      name: "Sgd",
      elementwise: true,
      slotNames: [],
      init: () => ({}),
      hyper: (_step, learningRate) => ({ scale: -learningRate }),
      update: (gradient, slots, parameter, { scale }) => [
        tf.mul(decayed(gradient, parameter, weightDecay), scale!),
        slots
      ]
    }
  }
  return {
    name: "Sgd",
    elementwise: true,
    slotNames: ["momentum"],
    init: zeros(["momentum"]),
    hyper: (step, learningRate) => ({
      scale: -learningRate,
      // The momentum begins as the whole first gradient, whatever the dampening.
      ...(dampening === 0 ? {} : { share: step === 1 ? 1 : 1 - dampening })
    }),
    update: (gradient, slots, parameter, { scale, share }) => {
      const own = decayed(gradient, parameter, weightDecay)
      const entering = dampening === 0 ? own : tf.mul(own, share!)
      const next = tf.add(tf.mul(slots["momentum"]!, momentum), entering)
      const direction = nesterov ? tf.add(own, tf.mul(next, momentum)) : next
      return [tf.mul(direction, scale!), { momentum: next }]
    }
  }
}

const adamRule = (config: ConfigOf<"Adam"> | ConfigOf<"AdamW">): Optimizer => {
  const { _tag: name, epsilon, weightDecay } = config
  // As float32, which is what steps compute with: 1 − β and the corrections then fit the decays exactly.
  const [beta1, beta2] = [Math.fround(config.beta1), Math.fround(config.beta2)]
  const decoupled = name === "AdamW"
  const shrinks = decoupled && weightDecay > 0
  return {
    name,
    elementwise: true,
    slotNames: ["m", "v"],
    init: zeros(["m", "v"]),
    // lr·m̂ / (√v̂ + ε) with both corrections moved into two scalars. The decays are here too, so that each is made a
    // tensor once in a step and not once for each parameter.
    hyper: (step, learningRate) => {
      const correction = Math.sqrt(1 - beta2 ** step)
      return {
        size: (-learningRate * correction) / (1 - beta1 ** step),
        rate: (learningRate * correction) / (1 - beta1 ** step),
        epsilon: epsilon * correction,
        beta1,
        beta2,
        share1: 1 - beta1,
        share2: 1 - beta2,
        ...(shrinks ? { shrink: -learningRate * weightDecay } : {})
      }
    },
    update: (gradient, slots, parameter, hyper) => {
      const own = decoupled ? gradient : decayed(gradient, parameter, weightDecay)
      const m = tf.add(tf.mul(slots["m"]!, hyper["beta1"]!), tf.mul(own, hyper["share1"]!))
      const v = tf.add(tf.mul(slots["v"]!, hyper["beta2"]!), tf.mul(tf.square(own), hyper["share2"]!))
      const change = tf.div(tf.mul(m, hyper["size"]!), tf.add(tf.sqrt(v), hyper["epsilon"]!))
      return [shrinks ? tf.add(change, tf.mul(parameter, hyper["shrink"]!)) : change, { m, v }]
    },
    apply: (gradient, slots, parameter, { rate, beta1, beta2, epsilon, shrink }) => {
      const own = decoupled ? gradient : decayed(gradient, parameter, weightDecay)
      const [m, v] = [slots["m"]!, slots["v"]!]
      const applied = adamStep({
        parameter,
        m,
        v,
        gradient: own,
        rate: rate!,
        beta1: beta1!,
        beta2: beta2!,
        epsilon: epsilon!
      })
      if (applied === undefined) return undefined
      const [next, newM, newV] = applied
      return [shrinks ? tf.add(next, tf.mul(parameter, shrink!)) : next, { m: newM, v: newV }]
    }
  }
}

const rmsPropRule = ({ alpha, epsilon, momentum, centered, weightDecay }: ConfigOf<"RmsProp">): Optimizer => {
  const slotNames = ["square", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["momentum"] : [])]
  return {
    name: "RmsProp",
    elementwise: true,
    slotNames,
    init: zeros(slotNames),
    hyper: (_step, learningRate) => ({ scale: -learningRate }),
    update: (gradient, slots, parameter, { scale }) => {
      const own = decayed(gradient, parameter, weightDecay)
      const square = tf.add(tf.mul(slots["square"]!, alpha), tf.mul(tf.square(own), 1 - alpha))
      const mean = centered ? tf.add(tf.mul(slots["mean"]!, alpha), tf.mul(own, 1 - alpha)) : undefined
      // Of a gradient that does not vary the difference rounds to either side of 0.
      const spread = mean === undefined ? square : tf.relu(tf.sub(square, tf.square(mean)))
      const direction = tf.div(own, tf.add(tf.sqrt(spread), epsilon))
      const kept = momentum > 0 ? tf.add(tf.mul(slots["momentum"]!, momentum), direction) : undefined
      return [
        tf.mul(kept ?? direction, scale!),
        { square, ...(mean === undefined ? {} : { mean }), ...(kept === undefined ? {} : { momentum: kept }) }
      ]
    }
  }
}

const adagradRule = (config: ConfigOf<"Adagrad">): Optimizer => {
  const { learningRateDecay, initialAccumulator, epsilon, weightDecay } = config
  return {
    name: "Adagrad",
    elementwise: true,
    slotNames: ["sum"],
    init: (shape) => ({ sum: tf.fill([...shape], initialAccumulator) }),
    hyper: (step, learningRate) => ({ scale: -learningRate / (1 + (step - 1) * learningRateDecay) }),
    update: (gradient, slots, parameter, { scale }) => {
      const own = decayed(gradient, parameter, weightDecay)
      const sum = tf.add(slots["sum"]!, tf.square(own))
      return [tf.mul(tf.div(own, tf.add(tf.sqrt(sum), epsilon)), scale!), { sum }]
    }
  }
}

/** Every optimizer of this package, as configs name them. */
export const entries: ReadonlyArray<Entry.Entry<Optimizer>> = [
  Entry.of({ tag: "Sgd", schema: Sgd, make: sgdRule }),
  Entry.of({ tag: "Adam", schema: Adam, make: adamRule }),
  Entry.of({ tag: "AdamW", schema: AdamW, make: adamRule }),
  Entry.of({ tag: "RmsProp", schema: RmsProp, make: rmsPropRule }),
  Entry.of({ tag: "Adagrad", schema: Adagrad, make: adagradRule })
]

/** The schema of an optimizer that is one of these. */
export const schemaOf = (all: ReadonlyArray<Entry.Entry<Optimizer>>): Schema.Codec<Config, ConfigInput> =>
  Entry.union(all).annotate({
    description: "The rule that turns gradients into updates; the learning rate is given beside it",
    message: `expected an optimizer: { _tag: ${Entry.tagsOf(all)}, … }`
  })

/** An optimizer of this package. */
export const Config: Schema.Codec<Config, ConfigInput> = schemaOf(entries)

/** The optimizer that a config describes. */
export const fromConfig = (config: Config): Optimizer => Entry.make(entries, config)

/** Options in code are read as a config file is: the same defaults, and `ConfigInvalid` thrown with all problems. */
const fromOptions = <Tag extends Config["_tag"]>(_tag: Tag, options: OptionsOf<Tag>): Optimizer =>
  fromConfig(Effect.runSync(Configs.decode(Config, { _tag, ...options }, `the optimizer ${_tag}`)))

/**
 * Stochastic gradient descent: v ← μ·v + (1 − dampening)·g, p ← p − lr·v; with `nesterov` p ← p − lr·(g + μ·v). The first
 * v is g itself. Sutskever et al. 2013, in PyTorch's form, in which the rate is outside the momentum.
 */
export const sgd = (options: OptionsOf<"Sgd"> = {}): Optimizer => fromOptions("Sgd", options)

/** Adam: p ← p − lr·m̂ / (√v̂ + ε). Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1. */
export const adam = (options: OptionsOf<"Adam"> = {}): Optimizer => fromOptions("Adam", options)

/**
 * Adam with decoupled weight decay: the parameter also shrinks by lr·weightDecay. Loshchilov and Hutter 2019,
 * arXiv:1711.05101, Algorithm 2, with the decay scaled by the rate as in PyTorch.
 */
export const adamW = (options: OptionsOf<"AdamW"> = {}): Optimizer => fromOptions("AdamW", options)

/**
 * RMSprop: p ← p − lr·g / (√E[g²] + ε); `centered` divides by √(E[g²] − E[g]²), which needs gradients that vary. Tieleman
 * and Hinton 2012; Graves 2013, arXiv:1308.0850, eq. 38.
 */
export const rmsProp = (options: OptionsOf<"RmsProp"> = {}): Optimizer => fromOptions("RmsProp", options)

/** Adagrad: p ← p − lr·g / (√Σg² + ε). Duchi et al. 2011. */
export const adagrad = (options: OptionsOf<"Adagrad"> = {}): Optimizer => fromOptions("Adagrad", options)
