/**
 * Blocks of memory that nobody uses, by size and by place: neighbours are joined, so that a block of any size can be made of
 * what was freed in smaller ones.
 */

export interface Block {
  readonly address: number
  readonly size: number
}

/** Four for each power of two. */
const classOf = (size: number): number => {
  const power = 31 - Math.clz32(Math.floor(size / 16))
  return 4 * power + (Math.floor(size / 2 ** (power + 2)) & 3)
}

export class FreeBlocks {
  readonly #sizes = new Map<number, number>()
  /** By where they end. */
  readonly #ends = new Map<number, number>()
  readonly #classes: Array<Set<number>> = []

  #add({ address, size }: Block): void {
    this.#sizes.set(address, size)
    this.#ends.set(address + size, address)
    const at = classOf(size)
    for (let missing = this.#classes.length; missing <= at; missing++) this.#classes.push(new Set())
    this.#classes[at]?.add(address)
  }

  #remove({ address, size }: Block): void {
    this.#sizes.delete(address)
    this.#ends.delete(address + size)
    this.#classes[classOf(size)]?.delete(address)
  }

  #at(address: number | undefined): Block | undefined {
    const size = address === undefined ? undefined : this.#sizes.get(address)
    return address === undefined || size === undefined ? undefined : { address, size }
  }

  /** Joined with its neighbours. */
  put({ address, size }: Block): void {
    const before = this.#at(this.#ends.get(address))
    const after = this.#at(address + size)
    if (before !== undefined) this.#remove(before)
    if (after !== undefined) this.#remove(after)
    const start = before?.address ?? address
    this.#add({ address: start, size: address + size + (after?.size ?? 0) - start })
  }

  /** A block of at least this size; the excess stays free. */
  take(size: number): Block | undefined {
    for (let at = classOf(size); at < this.#classes.length; at++) {
      for (const address of this.#classes[at] ?? []) {
        const block = this.#at(address)
        if (block === undefined || block.size < size) continue
        this.#remove(block)
        if (block.size > size) this.#add({ address: address + size, size: block.size - size })
        return { address, size }
      }
    }
    return undefined
  }

  /** Takes the block that ends here from the free ones. */
  takeEndingAt(end: number): Block | undefined {
    const block = this.#at(this.#ends.get(end))
    if (block !== undefined) this.#remove(block)
    return block
  }
}
