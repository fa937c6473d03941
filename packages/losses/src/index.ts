/** Losses beyond those of core. Each module is also importable by its own name, such as `@etude/losses/Focal`. */
export * from "./Ctc.ts"
export * from "./Dice.ts"
export * from "./Distillation.ts"
export * from "./Embeddings.ts"
export * from "./Focal.ts"
export * from "./Likelihood.ts"
export * from "./plugin.ts"
export * from "./Quantile.ts"
