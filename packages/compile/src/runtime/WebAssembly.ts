/**
 * The parts of the WebAssembly JavaScript interface that this package uses. TypeScript declares them with the whole of a
 * browser's page only; declared anew for all, they would contradict it in programs for pages.
 */

export interface MemoryDescriptor {
  /** In pages of 64 KiB. */
  readonly initial: number
  readonly maximum?: number
  readonly shared?: boolean
}

export interface Memory {
  /** Replaced when memory that isn't shared grows. */
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  /** Returns the previous size in pages. Throws `RangeError` beyond the maximum. */
  grow(pages: number): number
}

declare const compiled: unique symbol
/** Compiled code, which can be sent to workers. */
export interface Module {
  readonly [compiled]?: never
}

export interface Instance {
  readonly exports: Readonly<Record<string, unknown>>
}

interface Api {
  readonly Memory: new (descriptor: MemoryDescriptor) => Memory
  /** Throws `CompileError`. */
  readonly Module: new (
    bytes: Uint8Array
  ) => Module
  readonly Instance: new (
    module: Module,
    imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  ) => Instance
  readonly validate: (bytes: Uint8Array) => boolean
}

// Not typed as a page's globals, where those are declared.
const globals: object = globalThis

export const { Memory, Module, Instance, validate }: Api = Reflect.get(globals, "WebAssembly")
