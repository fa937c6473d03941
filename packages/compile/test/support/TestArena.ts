/** An arena that never uses an address twice while it is taken, and knows what is. */
import type { Arena } from "../../src/runtime/Executable.ts"
import * as WebAssembly from "../../src/runtime/WebAssembly.ts"

export interface TestArena extends Arena {
  /** How many blocks are taken. */
  readonly taken: () => number
}

/** `grows`: each allocation makes the memory grow, so that views of it are outdated. */
export const make = ({ grows = false, pages = 64 } = {}): TestArena => {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 4096 })
  const sizes = new Map<number, number>()
  const free = new Map<number, Array<number>>()
  let end = 64
  return {
    memory,
    taken: () => sizes.size,
    allocate: (bytes) => {
      const size = 64 * (Math.ceil(bytes / 64) + 1)
      if (grows) memory.grow(1)
      let address = free.get(size)?.pop()
      if (address === undefined) {
        address = end
        end += size
        if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / 65_536))
      }
      sizes.set(address, size)
      return address
    },
    free: (address) => {
      const size = sizes.get(address)
      if (size === undefined) throw new Error(`nothing is at ${address}`)
      sizes.delete(address)
      free.set(size, [...(free.get(size) ?? []), address])
    }
  }
}
