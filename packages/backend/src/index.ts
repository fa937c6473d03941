/** Backends of Etude, each a layer: `Cpu.layer`, `Wasm.layer`. */
export * as Cpu from "./Cpu.ts"
export * as Kernels from "./Kernels.ts"
export * as Wasm from "./Wasm.ts"
