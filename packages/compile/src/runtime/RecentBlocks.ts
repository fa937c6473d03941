/** Blocks that were freed a moment ago, by size: who allocates the same at each step gets them again, neither joined nor cut. */
import type { Block } from "./FreeBlocks.ts"

export class RecentBlocks {
  readonly #addresses = new Map<number, Array<number>>()

  put({ address, size }: Block): void {
    const addresses = this.#addresses.get(size)
    if (addresses === undefined) this.#addresses.set(size, [address])
    else addresses.push(address)
  }

  /** The address of a block of exactly this size, the one that was freed last. */
  take(size: number): number | undefined {
    return this.#addresses.get(size)?.pop()
  }

  /** All of them, which are not among these any more. */
  drain(): ReadonlyArray<Block> {
    const all = [...this.#addresses].flatMap(([size, addresses]) => addresses.map((address) => ({ address, size })))
    this.#addresses.clear()
    return all
  }
}
