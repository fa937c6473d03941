// The public interface of @etude/losses. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/losses
export * from "./Ctc.ts"
export * from "./Dice.ts"
export * from "./Distillation.ts"
export * from "./Embeddings.ts"
export * from "./Focal.ts"
export * from "./Likelihood.ts"
export * from "./plugin.ts"
export * from "./Quantile.ts"

// @etude/losses/Ctc
interface CtcOptions {
  blank?: number
}
const ctc: ({ blank }?: CtcOptions) => Loss
const ctcOfFrames: ({ blank }?: CtcOptions) => Loss<tf.Tensor, { labels: tf.Tensor; frames: tf.Tensor }>

// @etude/losses/Dice
const dice: (smoothing?: number) => Loss

// @etude/losses/Distillation
interface DistillationOptions {
  temperature?: number
  teacherWeight?: number
}
const distillation: ({ temperature, teacherWeight }?: DistillationOptions) => Loss<tf.Tensor, { labels: tf.Tensor; teacher: tf.Tensor }>

// @etude/losses/Embeddings
const cosine: Loss
declare type Several<Name extends string> = { readonly [name in Name]: tf.Tensor }
const cosineEmbedding: (margin?: number) => Loss<Several<"first" | "second">>
const triplet: (margin?: number) => Loss<Several<"anchor" | "positive" | "negative">, any>
const infoNce: (temperature?: number) => Loss<Several<"queries" | "keys">, any>

// @etude/losses/Focal
interface FocalOptions {
  gamma?: number
  alpha?: number | null
}
const focal: ({ gamma, alpha }?: FocalOptions) => Loss
const softmaxFocal: (gamma?: number) => Loss

// @etude/losses/Likelihood
const poisson: Loss
const gaussian: (leastVariance?: number) => Loss

// @etude/losses/plugin
const losses: ReadonlyArray<LossEntry>
const plugin: Plugin.PluginOf<{}>

// @etude/losses/Quantile
const quantile: (levels?: ReadonlyArray<number>) => Loss
