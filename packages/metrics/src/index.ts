/** Metrics. Each module is also importable by its own name, such as `@etude/metrics/Classification`. */
export * as Classification from "./Classification.ts"
export * as Confusion from "./Confusion.ts"
