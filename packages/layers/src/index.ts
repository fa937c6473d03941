/** Layers to build models from. Each module is also importable by its own name, such as `@etude/layers/Dense`. */
export * from "./Dense.ts"
export * as Initializer from "./Initializer.ts"
export * as Layer from "./Layer.ts"
export * as Summary from "./Summary.ts"
