/** Datasets and loaders. Each module is also importable by its own name, such as `@etude/data/Idx`. */
export * as Arrays from "./Arrays.ts"
export * as Concat from "./Concat.ts"
export * as Idx from "./Idx.ts"
export * as Mnist from "./Mnist.ts"
export * as Prefetch from "./Prefetch.ts"
export * as Preprocess from "./Preprocess.ts"
export * as Split from "./Split.ts"
