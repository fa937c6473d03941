/** A bounded cache: the least recently used value leaves first. */

export interface Cache<A> {
  readonly get: (key: string) => A | undefined
  /** Whether a value is still in the cache. */
  readonly has: (value: A) => boolean
  readonly set: (key: string, value: A) => void
  readonly clear: () => void
}

/** `release` is called once for each value that leaves the cache. */
export const make = <A>(bound: number, release: (value: A) => void): Cache<A> => {
  const values = new Map<string, A>()
  const kept = new Set<A>()
  const drop = (key: string) => {
    const value = values.get(key)
    values.delete(key)
    if (value === undefined) return
    kept.delete(value)
    release(value)
  }
  return {
    has: (value) => kept.has(value),
    get: (key) => {
      const value = values.get(key)
      if (value !== undefined) {
        values.delete(key)
        values.set(key, value)
      }
      return value
    },
    set: (key, value) => {
      drop(key)
      while (values.size >= bound) drop(values.keys().next().value!)
      values.set(key, value)
      kept.add(value)
    },
    clear: () => {
      for (const key of [...values.keys()]) drop(key)
    }
  }
}
