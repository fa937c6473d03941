// The public interface of @etude/optimizers. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/optimizers
// Namespaces of modules: Links, RateFinder, Schedules
export * from "./Optimizers.ts"
export * from "./plugin.ts"

// @etude/optimizers/Links
export * from "./links/CentralizeGradients.ts"
export type { MomentOptions } from "./links/Moments.ts"
export * from "./links/ScaleByAdadelta.ts"
export * from "./links/ScaleByAdafactor.ts"
export * from "./links/ScaleByAdamax.ts"
export * from "./links/ScaleByLion.ts"
export * from "./links/ScaleByMuon.ts"
export * from "./links/ScaleByNAdam.ts"
export * from "./links/ScaleByRAdam.ts"
export * from "./links/ScaleBySecondMoment.ts"
export * from "./links/ScaleByTrustRatio.ts"
export * from "./links/ScheduleFree.ts"

// @etude/optimizers/links/CentralizeGradients
const centralizeGradients: () => Update<never, never>

// @etude/optimizers/links/Moments
interface MomentOptions {
  beta1?: number
  beta2?: number
  epsilon?: number
}

// @etude/optimizers/links/ScaleByAdadelta
interface AdadeltaOptions {
  rho?: number
  epsilon?: number
}
const scaleByAdadelta: ({ rho, epsilon }?: AdadeltaOptions) => Update<never, "square" | "delta">

// @etude/optimizers/links/ScaleByAdafactor
interface AdafactorOptions {
  betaDecay?: number
  epsilon?: number
  leastSize?: number
  clipping?: number
}
declare type Slot = "rows" | "columns" | "square"
const scaleByAdafactor: ({ betaDecay, epsilon, leastSize, clipping }?: AdafactorOptions) => Update<"share" | "relative", Slot>

// @etude/optimizers/links/ScaleByAdamax
const scaleByAdamax: (options?: MomentOptions) => Update<"correction", "m" | "u">

// @etude/optimizers/links/ScaleByLion
interface LionOptions {
  beta1?: Scheduled
  beta2?: Scheduled
}
const scaleByLion: ({ beta1, beta2 }?: LionOptions) => Update<never, "m">

// @etude/optimizers/links/ScaleByMuon
interface MuonOptions {
  momentum?: Scheduled
  nesterov?: boolean
  iterations?: number
}
const orthogonalized: (x: tf.Tensor, iterations: number) => tf.Tensor
const scaleByMuon: ({ momentum, nesterov, iterations }?: MuonOptions) => Update<never, "momentum">

// @etude/optimizers/links/ScaleByNAdam
interface NAdamOptions extends MomentOptions {
  momentumDecay?: number
}
const scaleByNAdam: (options?: NAdamOptions) => Update<"ofGradient" | "ofMean" | "correction", "m" | "v">

// @etude/optimizers/links/ScaleByRAdam
const scaleByRAdam: (options?: MomentOptions) => Update<"adaptive" | "plain", "m" | "v">

// @etude/optimizers/links/ScaleBySecondMoment
const scaleBySecondMoment: (options?: Omit<MomentOptions, "beta1">) => Update<"correction" | "epsilon", "v">

// @etude/optimizers/links/ScaleByTrustRatio
interface TrustRatioOptions {
  coefficient?: number
  epsilon?: number
}
const scaleByTrustRatio: ({ coefficient, epsilon }?: TrustRatioOptions) => Update<never, never>

// @etude/optimizers/links/ScheduleFree
interface ScheduleFreeOptions {
  beta?: number
  power?: number
}
declare type Slot = typeof Update.ahead | "weights" | "largest"
const scheduleFree: ({ beta, power }?: ScheduleFreeOptions) => Update<"rate", Slot>

// @etude/optimizers/Optimizers
interface Penalized {
  weightDecay?: Scheduled
}
const adadelta: ({ weightDecay, ...options }?: Links.AdadeltaOptions & Penalized) => Optimizer
const adamax: ({ weightDecay, ...options }?: Links.MomentOptions & Penalized) => Optimizer
const nadam: ({ weightDecay, ...options }?: Links.NAdamOptions & Penalized) => Optimizer
const radam: ({ weightDecay, ...options }?: Links.MomentOptions & Penalized) => Optimizer
const lion: ({ weightDecay, ...options }?: Links.LionOptions & Penalized) => Optimizer
const lamb: ({ weightDecay, epsilon, ...options }?: Updates.AdamOptions & Penalized) => Optimizer
interface LarsOptions extends Penalized {
  momentum?: Scheduled
  nesterov?: boolean
  coefficient?: number
  epsilon?: number
}
const lars: ({ weightDecay, momentum, nesterov, coefficient, epsilon }?: LarsOptions) => Optimizer
const adafactor: ({ weightDecay, ...options }?: Links.AdafactorOptions & Penalized) => Optimizer
interface MuonOptions extends Links.MuonOptions, Penalized {
  adam?: Updates.AdamOptions
}
const muon: ({ weightDecay, adam, ...options }?: MuonOptions) => Optimizer
interface LookaheadOptions extends Updates.LookaheadOptions {
  of: Optimizer
}
const lookahead: ({ of, ...options }: LookaheadOptions) => Optimizer
interface ScheduleFreeOptions extends Links.MomentOptions, Penalized {
  power?: number
}
const scheduleFreeAdamW: ({ weightDecay, beta1, power, ...options }?: ScheduleFreeOptions) => Optimizer

// @etude/optimizers/plugin
const optimizers: ReadonlyArray<Entry<Optimizer>>
const links: ReadonlyArray<Entry<Update>>
const plugin: Plugin.PluginOf<{}>

// @etude/optimizers/RateFinder
interface FindOptions {
  from?: number
  to?: number
  steps?: number
  smoothing?: number
  stopAt?: number
}
interface Point {
  rate: number
  loss: number
  smoothed: number
}
interface Found {
  points: ReadonlyArray<Point>
  steepest: number
  belowMinimum: number
  figure: Figure
}
const suggestions: (points: ReadonlyArray<Point>) => Pick<Found, "steepest" | "belowMinimum">
const shownLosses: (points: ReadonlyArray<Point>) => readonly [low: number, high: number]
const find: (task: Task, options: FindOptions & { config?: TrainConfigInput; data: { train: Dataset } }) => Effect<Found, Trainer.TrainError, Backend | StepExecutor>

// @etude/optimizers/Schedules
export { cyclic, inverseSquareRoot, warmupStableDecay }
const schedules: ReadonlyArray<ScheduleEntry>

// @etude/optimizers/schedules/Cyclic
const cyclic: LearningRate.ScheduleEntry<{
  _tag: "Cyclic"
  minimum: number
  maximum: number
  rise: LearningRate.Span
  fall?: LearningRate.Span
  shape: "exponential" | "halving" | "triangular"
  decay: number
}, {
  _tag: "Cyclic"
  minimum: number
  maximum: number
  rise: LearningRate.Span
  fall?: LearningRate.Span
  shape?: "exponential" | "halving" | "triangular"
  decay?: number
}>

// @etude/optimizers/schedules/InverseSquareRoot
const inverseSquareRoot: LearningRate.ScheduleEntry<{ _tag: "InverseSquareRoot"; rate: number; warmup: LearningRate.Span }, { _tag: "InverseSquareRoot"; rate: number; warmup: LearningRate.Span }>

// @etude/optimizers/schedules/WarmupStableDecay
const warmupStableDecay: LearningRate.ScheduleEntry<{
  _tag: "WarmupStableDecay"
  rate: number
  warmup: LearningRate.Span
  stable: LearningRate.Span
  decay: LearningRate.Span
  minimum: number
  shape: "cosine" | "linear" | "squareRoot"
}, {
  _tag: "WarmupStableDecay"
  rate: number
  warmup: LearningRate.Span
  stable: LearningRate.Span
  decay: LearningRate.Span
  minimum?: number
  shape?: "cosine" | "linear" | "squareRoot"
}>
