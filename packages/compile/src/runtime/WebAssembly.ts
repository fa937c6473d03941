/**
 * The parts of the WebAssembly JavaScript interface that this package uses. TypeScript declares them with the whole of a
 * browser's page only, which is not wanted here.
 */

declare global {
  namespace WebAssembly {
    interface MemoryDescriptor {
      /** In pages of 64 KiB. */
      readonly initial: number
      readonly maximum?: number
      readonly shared?: boolean
    }
    class Memory {
      constructor(descriptor: MemoryDescriptor)
      /** Replaced when memory that isn't shared grows. */
      readonly buffer: ArrayBuffer | SharedArrayBuffer
      /** Gives the size before, in pages. Throws `RangeError` beyond the maximum. */
      grow(pages: number): number
    }
    class Module {
      constructor(bytes: Uint8Array)
    }
    class Instance {
      constructor(module: Module, imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>)
      readonly exports: Readonly<Record<string, unknown>>
    }
    function validate(bytes: Uint8Array): boolean
    class CompileError extends Error {}
    class LinkError extends Error {}
    class RuntimeError extends Error {}
  }
}

export {}
