/** Blocks that were freed a moment ago, by size: who allocates the same at each step gets them again, neither joined nor cut. */
import type { Block } from "./FreeBlocks.ts"

export class RecentBlocks {
  readonly #addresses = new Map<number, Array<number>>()

  put({ address, size }: Block): void {
    const addresses = this.#addresses.get(size)
    if (addresses === undefined) this.#addresses.set(size, [address])
    else addresses.push(address)
  }

  /** The address of the most recently freed block of exactly this size. */
  take(size: number): number | undefined {
    return this.#addresses.get(size)?.pop()
  }

  /** Removes and returns all of them. */
  drain(): ReadonlyArray<Block> {
    const all = [...this.#addresses].flatMap(([size, addresses]) => addresses.map((address) => ({ address, size })))
    this.#addresses.clear()
    return all
  }
}
