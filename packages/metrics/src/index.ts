/** Metrics. Each module is also importable by its own name, such as `@etude/metrics/Classification`. */
export * as Aggregation from "./Aggregation.ts"
export * as Classification from "./Classification.ts"
export * as Confusion from "./Confusion.ts"
export { LabelOutOfRange, OptionsInvalid, ShapeMismatch } from "./Errors.ts"
export * as Probabilistic from "./Probabilistic.ts"
export * as Ranking from "./Ranking.ts"
export * as Regression from "./Regression.ts"
