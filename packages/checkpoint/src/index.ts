/** Checkpoints. Each module is also importable by its own name, such as `@etude/checkpoint/Safetensors`. */
export * as AtomicFile from "./AtomicFile.ts"
export * as Safetensors from "./Safetensors.ts"
export * as SafetensorsFile from "./SafetensorsFile.ts"
