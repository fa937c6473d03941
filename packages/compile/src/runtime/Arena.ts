/**
 * The memory in which all programs of an executor work. Blocks that were freed are used again, neighbours together where one size isn't
 * enough, so a run that allocates and frees the same at each step needs no more memory after the first.
 */
import { OutOfMemory } from "../Errors.ts"
import type { Arena } from "./Executable.ts"
import { FreeBlocks } from "./FreeBlocks.ts"
import { RecentBlocks } from "./RecentBlocks.ts"
import { reserve } from "./Reserve.ts"
import * as WebAssembly from "./WebAssembly.ts"

export interface ArenaOptions {
  /** Whether several threads work in it. Where pages aren't isolated, memory can't be shared. */
  readonly shared: boolean
  /** The maximum size in bytes. Default and upper limit: 4 GiB; less where the engine refuses to reserve that much. */
  readonly maximum?: number
}

const page = 65_536
const alignment = 64
const mostPages = 65_536

/** The number of bytes behind a block that may be read. */
const readable = 64

/** Memory grows by this much at a time, so that a plan's many small blocks don't each cause growth. */
const growth = (pages: number): number => Math.min(Math.max(16, pages >>> 1), 1024)

export interface MeasuredArena extends Arena {
  /** In bytes: blocks that were allocated and not freed. */
  readonly inUse: () => number
}

export const make = ({ shared, maximum = mostPages * page }: ArenaOptions): MeasuredArena => {
  const asked = Math.min(mostPages, Math.max(1, Math.floor(maximum / page)))
  const { memory, maximum: limit } = reserve(
    asked,
    (most) => new WebAssembly.Memory({ initial: 1, maximum: most, shared })
  )
  const sizes = new Map<number, number>()
  const free = new FreeBlocks()
  const recent = new RecentBlocks()
  // Nothing lies at address 0.
  let top = alignment
  let pages = 1
  let inUse = 0

  const refuse = (wanted: number): OutOfMemory => new OutOfMemory({ wanted, inUse, maximum: limit * page })

  const growTo = (end: number, wanted: number): void => {
    const needed = Math.ceil(end / page) - pages
    if (needed <= 0) return
    if (pages + needed > limit) throw refuse(wanted)
    const more = Math.min(limit - pages, Math.max(needed, growth(pages)))
    try {
      memory.grow(more)
      pages += more
    } catch {
      throw refuse(wanted)
    }
  }

  const atTop = (size: number): number => {
    const last = free.takeEndingAt(top)
    const address = last?.address ?? top
    try {
      growTo(address + size + readable, size)
    } catch (error) {
      if (last !== undefined) free.put(last)
      throw error
    }
    top = address + size
    return address
  }

  /** A block from the freed ones, of whatever size. */
  const joined = (size: number): number | undefined => {
    const block = free.take(size)
    if (block !== undefined) return block.address
    for (const freed of recent.drain()) free.put(freed)
    return free.take(size)?.address
  }

  return {
    memory,
    inUse: () => inUse,
    allocate: (bytes) => {
      const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
      const address = recent.take(size) ?? joined(size) ?? atTop(size)
      sizes.set(address, size)
      inUse += size
      return address
    },
    free: (address) => {
      const size = sizes.get(address)
      if (size === undefined) throw new Error(`Nothing is allocated at ${address}.`)
      sizes.delete(address)
      inUse -= size
      recent.put({ address, size })
    }
  }
}
