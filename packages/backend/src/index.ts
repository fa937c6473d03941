/** Backends of Etude, each a layer: `Auto.layer`, `Native.layer`, `Wasm.layer`, `Cpu.layer`. */
export * as Auto from "./Auto.ts"
export * as Cpu from "./Cpu.ts"
export * as Doctor from "./Doctor.ts"
export * as Kernels from "./Kernels.ts"
export * as Native from "./Native.ts"
export * as NativeInstaller from "./NativeInstaller.ts"
export * as NativeLocation from "./NativeLocation.ts"
export * as Wasm from "./Wasm.ts"
