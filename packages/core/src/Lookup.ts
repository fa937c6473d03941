/**
 * Lookups of what must be there: elements that an index of the same code names, entries whose key it put there. What is
 * missing is a mistake in the code, thrown with its index or key. For tensors by path there is `Tensors.get`, for the sides
 * of a shape `Tensors.sideOf`. Not for the innermost loops over numbers, where a call for each of them costs time.
 */

const listed = (keys: Iterable<unknown>): string => [...keys].slice(0, 20).map(String).join(", ") || "none"

/** The element at an index, counted from the end where it is negative: `element(values, -1)` is the last one. */
export const element = <A>(values: ArrayLike<A>, index: number): A => {
  const value = values[index < 0 ? values.length + index : index]
  if (value === undefined) throw new Error(`no element ${index} among ${values.length}`)
  return value
}

/** The value of a record's own key. */
export const entry = <A>(entries: { readonly [key: string]: A }, key: string): A => {
  const value = Object.hasOwn(entries, key) ? entries[key] : undefined
  if (value === undefined) throw new Error(`no entry ${key} among ${listed(Object.keys(entries))}`)
  return value
}

/** The value of a map's key. */
export const mapEntry = <Key, A>(entries: ReadonlyMap<Key, A>, key: Key): A => {
  const value = entries.get(key)
  if (value === undefined) throw new Error(`no entry ${String(key)} among ${listed(entries.keys())}`)
  return value
}
