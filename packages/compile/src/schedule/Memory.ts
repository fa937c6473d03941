/** What memory holds: stretches that don't overlap, in order; neighbours that hold the same buffer's values are one. */
import { element } from "@etude/core/Lookup"

/** The buffer whose values a range of memory holds. */
export interface Held {
  readonly from: number
  readonly to: number
  readonly buffer: number
}

export interface Memory {
  readonly write: (stretch: Held) => void
  /** Whether a whole range holds its buffer's values. */
  readonly holds: (stretch: Held) => boolean
}

export const make = (): Memory => {
  const all: Array<Held> = []
  /** The first range that ends at or after `address`. */
  const search = (address: number): number => {
    let [low, high] = [0, all.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (element(all, middle).to < address) low = middle + 1
      else high = middle
    }
    return low
  }
  const write = ({ from, to, buffer }: Held): void => {
    if (from >= to) return
    const first = search(from)
    let [last, start, end] = [first, from, to]
    const rest: { before?: Held; after?: Held } = {}
    for (; last < all.length && element(all, last).from <= to; last++) {
      const held = element(all, last)
      if (held.buffer === buffer) [start, end] = [Math.min(start, held.from), Math.max(end, held.to)]
      else {
        if (held.from < from) rest.before = { ...held, to: from }
        if (held.to > to) rest.after = { ...held, from: to }
      }
    }
    const { before, after } = rest
    const own = { from: start, to: end, buffer }
    all.splice(first, last - first, ...(before ? [before] : []), own, ...(after ? [after] : []))
  }
  const holds = ({ from, to, buffer }: Held): boolean => {
    if (from >= to) return true
    const held = all[search(from + 1)]
    return held !== undefined && held.buffer === buffer && held.from <= from && held.to >= to
  }
  return { write, holds }
}
