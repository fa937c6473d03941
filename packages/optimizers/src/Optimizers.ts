/**
 * Optimizers, as chains of links. Defaults and meanings are PyTorch's, or Optax' where PyTorch has none; the learning rate is the
 * config's.
 */
import type { Optimizer } from "@etude/core/Optimizer"
import type { Scheduled } from "@etude/core/Scheduled"
import * as Tensors from "@etude/core/Tensors"
import * as Update from "@etude/core/Update"
import * as Updates from "@etude/core/Updates"
import * as Links from "./Links.ts"

const { addDecayedWeights, scaleByLearningRate } = Updates

/** A decay that is part of the gradient: an L2 penalty. 0 by default. A number, or a schedule. */
export interface Penalized {
  /** 0 by default, 0.1 of Muon; a number, or a schedule. */
  readonly weightDecay?: Scheduled
}

/** An optimizer whose decay enters the gradient. */
const penalized = (name: string, weightDecay: Scheduled, rule: Update.Update): Optimizer =>
  Update.named(name, Update.chain(addDecayedWeights(weightDecay), rule, scaleByLearningRate()))

/** An optimizer whose decay stands beside the rule, as in AdamW. */
const decoupled = (name: string, weightDecay: Scheduled, ...rule: ReadonlyArray<Update.Update>): Optimizer =>
  Update.named(name, Update.chain(...rule, addDecayedWeights(weightDecay), scaleByLearningRate()))

/**
 * Adadelta, whose usual learning rate is 1. Zeiler 2012, arXiv:1212.5701.
 *
 * p ← p − lr · g · √(E[Δ²] + ε) / √(E[g²] + ε), where Δ are earlier updates. Slots: `square`, `delta`. In a config: `{ _tag: Adadelta,
 * rho: 0.95 }`.
 */
export const adadelta = ({ weightDecay = 0, ...options }: Links.AdadeltaOptions & Penalized = {}): Optimizer =>
  penalized("Adadelta", weightDecay, Links.scaleByAdadelta(options))

/**
 * Adamax: Adam with an infinite norm. Kingma and Ba 2015, arXiv:1412.6980, Algorithm 2.
 *
 * p ← p − lr · m̂ / u with u = max(β₂ · u, |g| + ε). Slots: `m`, `u`. In a config: `{ _tag: Adamax }`.
 */
export const adamax = ({ weightDecay = 0, ...options }: Links.MomentOptions & Penalized = {}): Optimizer =>
  penalized("Adamax", weightDecay, Links.scaleByAdamax(options))

/**
 * NAdam: Adam with Nesterov's momentum. Dozat 2016.
 *
 * p ← p − lr · m̄ / (√v̂ + ε), where m̄ looks one step ahead. Slots: `m`, `v`. In a config: `{ _tag: NAdam, momentumDecay: 0.004 }`.
 */
export const nadam = ({ weightDecay = 0, ...options }: Links.NAdamOptions & Penalized = {}): Optimizer =>
  penalized("NAdam", weightDecay, Links.scaleByNAdam(options))

/**
 * RAdam: Adam, rectified while its second moment is uncertain. Liu et al. 2020, arXiv:1908.03265.
 *
 * p ← p − lr · r · m̂ / (√v̂ + ε), without the root while r is not known. Slots: `m`, `v`. In a config: `{ _tag: RAdam }`.
 */
export const radam = ({ weightDecay = 0, ...options }: Links.MomentOptions & Penalized = {}): Optimizer =>
  penalized("RAdam", weightDecay, Links.scaleByRAdam(options))

/**
 * Lion, whose rate is usually a tenth of Adam's. Chen et al. 2023, arXiv:2302.06675.
 *
 * p ← p − lr · (sign(β₁ · m + (1 − β₁) · g) + weightDecay · p), then m ← β₂ · m + (1 − β₂) · g. Slots: `m`. In a config: `{ _tag: Lion,
 * weightDecay: 0.1 }`.
 */
export const lion = ({ weightDecay = 0, ...options }: Links.LionOptions & Penalized = {}): Optimizer =>
  decoupled("Lion", weightDecay, Links.scaleByLion(options))

/**
 * LAMB: Adam with a trust ratio for each parameter tensor, for large batches. You et al. 2020, arXiv:1904.00962. ε is 1e-6.
 *
 * p ← p − lr · ‖p‖ / ‖u‖ · u with u = m̂ / (√v̂ + ε) + weightDecay · p. Slots: `m`, `v`. In a config: `{ _tag: Lamb, weightDecay: 0.01 }`.
 */
export const lamb = ({
  weightDecay = 0,
  epsilon = 1e-6,
  ...options
}: Updates.AdamOptions & Penalized = {}): Optimizer =>
  Update.named(
    "Lamb",
    Update.chain(
      Updates.scaleByAdam({ ...options, epsilon }),
      addDecayedWeights(weightDecay),
      Links.scaleByTrustRatio(),
      scaleByLearningRate()
    )
  )

export interface LarsOptions extends Penalized {
  /** 0.9 by default; a number, or a schedule. */
  readonly momentum?: Scheduled
  /** Looks ahead along the momentum; false by default. */
  readonly nesterov?: boolean
  /** η: of the trust ratio; 0.001 by default. */
  readonly coefficient?: number
  /** Added to the norm of the update in the trust ratio; 0 by default. */
  readonly epsilon?: number
}

/**
 * LARS: momentum over updates that are scaled to each parameter tensor. You, Gitman and Ginsburg 2017, arXiv:1708.03888.
 *
 * v ← momentum · v + lr · η · ‖p‖ / ‖g‖ · g with the decay in g, p ← p − v. Slots: `momentum`. In a config: `{ _tag: Lars, momentum: 0.9
 * }`.
 */
export const lars = ({
  weightDecay = 0,
  momentum = 0.9,
  nesterov = false,
  coefficient = 0.001,
  epsilon = 0
}: LarsOptions = {}): Optimizer =>
  Update.named(
    "Lars",
    Update.chain(
      addDecayedWeights(weightDecay),
      Links.scaleByTrustRatio({ coefficient, epsilon }),
      scaleByLearningRate(),
      Updates.trace({ momentum, nesterov })
    )
  )

/**
 * Adafactor: factored second moments, with the memory of rows and columns. Shazeer and Stern 2018, arXiv:1804.04235.
 *
 * The memory of a matrix [n, m] is n + m numbers. Slots: `rows`, `columns`, `square`. In a config: `{ _tag: Adafactor }`.
 */
export const adafactor = ({ weightDecay = 0, ...options }: Links.AdafactorOptions & Penalized = {}): Optimizer =>
  decoupled("Adafactor", weightDecay, Links.scaleByAdafactor(options))

export interface MuonOptions extends Links.MuonOptions, Penalized {
  /** Of what is no matrix, which Adam updates: 0.9, 0.95 and 1e-8 by default. */
  readonly adam?: Updates.AdamOptions
}

/** The update of matrices by one link and of everything else by another. */
const byRank = (matrices: Update.Update, others: Update.Update): Update.Update => {
  const parts = { matrices, others }
  const split = (tensors: Tensors.Tensors, like: Tensors.Tensors) => ({
    matrices: Tensors.filter(tensors, (path) => Tensors.get(like, path).rank >= 2),
    others: Tensors.filter(tensors, (path) => Tensors.get(like, path).rank < 2)
  })
  const names = Object.keys(parts) as ReadonlyArray<keyof typeof parts>
  return {
    name: "byRank",
    elementwise: false,
    slots: names.flatMap((name) => parts[name].slots),
    init: (parameters) => {
      const own = split(parameters, parameters)
      return Object.assign({}, ...names.map((name) => parts[name].init(own[name])))
    },
    numbers: (step, learningRate, at) =>
      Object.fromEntries(names.map((name) => [name, parts[name].numbers(step, learningRate, at)])),
    ...Update.scheduledIn([matrices, others]),
    update: (updates, scene) => {
      const [own, parameters] = [split(updates, scene.parameters), split(scene.parameters, scene.parameters)]
      const results = names.map((name) =>
        parts[name].update(own[name], {
          ...scene,
          parameters: parameters[name],
          // Each part has its own level of numbers.
          numbers: scene.numbers[name] as Tensors.TensorTree as typeof scene.numbers
        })
      )
      return [
        Object.assign({}, ...results.map(([changed]) => changed)),
        Object.assign({}, ...results.map(([, slots]) => slots))
      ]
    }
  }
}

/**
 * Muon for matrices and kernels, AdamW for vectors and scalars, with one decoupled decay (0.1 by default) and one learning rate. Give
 * embeddings and the last layer a group with AdamW, as its authors do. Jordan et al. 2024.
 *
 * p ← p − lr · (O · √max(1, outputs / inputs) + weightDecay · p), with O the orthogonal matrix nearest to the momentum. Slots: `momentum`,
 * `m`, `v`. In a config: `{ _tag: Muon, weightDecay: 0.1 }`.
 */
export const muon = ({ weightDecay = 0.1, adam = {}, ...options }: MuonOptions = {}): Optimizer =>
  decoupled("Muon", weightDecay, byRank(Links.scaleByMuon(options), Updates.scaleByAdam({ beta2: 0.95, ...adam })))

export interface LookaheadOptions extends Updates.LookaheadOptions {
  /** The optimizer of the fast weights. */
  readonly of: Optimizer
}

/**
 * Any optimizer whose weights go back to slow ones every k-th step: s ← s + α·(p − s), p ← s. The slow weights are a slot; those that
 * are validated and saved are the fast ones, which are the slow ones after every k-th step. Zhang et al. 2019, arXiv:1907.08610.
 *
 * ```ts
 * lookahead({ of: radam(), every: 6 })
 * ```
 *
 * Slots: those of the optimizer, and `slow`. In a config: `{ _tag: Lookahead, of: { _tag: RAdam }, every: 6 }`.
 */
export const lookahead = ({ of, ...options }: LookaheadOptions): Optimizer =>
  Update.named("Lookahead", Update.chain(of, Updates.lookahead(options)))

export interface ScheduleFreeOptions extends Links.MomentOptions, Penalized {
  /** Steps count in the average by their largest rate so far to this power; 2 by default. */
  readonly power?: number
}

/**
 * Schedule-free AdamW: a constant learning rate, after a warm-up, and an average of the weights that is validated, tested, kept as the
 * best and with which the run ends; a resumed run continues from where training was. β₁ says how near to the average gradients are taken.
 * The rate is usually larger than AdamW's. Statistics of batch normalization are those of training. Defazio et al. 2024,
 * arXiv:2405.15682.
 *
 * Slots: `v`, `ahead`, `weights`, `largest`. In a config: `{ _tag: ScheduleFreeAdamW }`.
 */
export const scheduleFreeAdamW = ({
  weightDecay = 0,
  beta1 = 0.9,
  power = 2,
  ...options
}: ScheduleFreeOptions = {}): Optimizer =>
  Update.named(
    "ScheduleFreeAdamW",
    Update.chain(
      Links.scaleBySecondMoment(options),
      addDecayedWeights(weightDecay),
      scaleByLearningRate(),
      Links.scheduleFree({ beta: beta1, power })
    )
  )
