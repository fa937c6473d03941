/**
 * Walks FlatBuffers as Arrow's metadata use them (flatbuffers.dev/internals), to refuse what a reader that believes every length would
 * be busy with. Positions are absolute. What lies outside of the buffer throws a `RangeError`, as `DataView` does.
 */

/** What a slot of a table refers to; slots of plain numbers need no look. */
export type Slot =
  | "string"
  /** A vector of structs or numbers of so many bytes. */
  | { readonly vectorOf: number }
  | { readonly table: () => Table }
  | { readonly tables: () => Table }
  /** A table whose kind is the byte in another slot. */
  | { readonly union: number; readonly kinds: () => { readonly [kind: number]: Table } }

export interface Table {
  readonly [slot: number]: Slot
}

/** Tables in tables; Arrow's types are seldom nested more than five deep. */
const deepest = 64

/** Where the table at the beginning of a buffer stands. */
export const rootOf = (view: DataView): number => view.getUint32(0, true)

/** Where the value of a slot stands, or undefined where the slot is empty. */
export const slotOf = (view: DataView, table: number, slot: number): number | undefined => {
  const slots = table - view.getInt32(table, true)
  const inTable = 4 + 2 * slot
  // JavaScript's FlatBuffers read both as signed: a slot that would be missing there must not be found here.
  const size = view.getInt16(slots, true)
  if (size < 4) throw new RangeError(`a table of ${size} bytes`)
  if (inTable >= size) return undefined
  const offset = view.getInt16(slots + inTable, true)
  if (offset < 0) throw new RangeError(`a value at ${offset} of its table`)
  return offset === 0 ? undefined : table + offset
}

/** The table or vector that a slot refers to. */
export const referredOf = (view: DataView, table: number, slot: number): number | undefined => {
  const place = slotOf(view, table, slot)
  return place === undefined ? undefined : place + view.getUint32(place, true)
}

/** The positions of a vector's elements of so many bytes. */
export const elementsOf = (view: DataView, vector: number | undefined, bytes: number): ReadonlyArray<number> =>
  vector === undefined
    ? []
    : Array.from({ length: view.getUint32(vector, true) }, (_, index) => vector + 4 + index * bytes)

/**
 * Visits everything that a table refers to. Throws a `RangeError` for a vector or text that ends outside of the buffer, and where
 * parts are shared so often that there is more to visit than the buffer could hold.
 */
export const walk = (view: DataView, root: number, kind: Table): void => {
  let left = 8 * view.byteLength
  const spend = (bytes: number) => {
    left -= bytes
    if (left < 0) throw new RangeError("more parts than there is room for")
  }
  const vector = (at: number, bytes: number): number => {
    const length = view.getUint32(at, true)
    if (at + 4 + length * bytes > view.byteLength) throw new RangeError(`a list of ${length} that ends outside`)
    spend(4 + length * bytes)
    return length
  }
  const visit = (table: number, slots: Table, depth: number): void => {
    if (depth > deepest) throw new RangeError(`parts nested more than ${deepest} deep`)
    spend(8)
    view.getInt32(table, true)
    for (const [number, slot] of Object.entries(slots)) visitSlot(table, Number(number), slot, depth)
  }
  const visitSlot = (table: number, number: number, slot: Slot, depth: number): void => {
    const place = referredOf(view, table, number)
    if (place === undefined) return
    if (slot === "string") vector(place, 1)
    else if ("vectorOf" in slot) vector(place, slot.vectorOf)
    else if ("table" in slot) visit(place, slot.table(), depth + 1)
    else if ("tables" in slot) {
      const length = vector(place, 4)
      for (let index = 0; index < length; index++) {
        const reference = place + 4 + 4 * index
        visit(reference + view.getUint32(reference, true), slot.tables(), depth + 1)
      }
    } else {
      const kind = slotOf(view, table, slot.union)
      visit(place, slot.kinds()[kind === undefined ? 0 : view.getUint8(kind)] ?? {}, depth + 1)
    }
  }
  visit(root, kind, 0)
}
