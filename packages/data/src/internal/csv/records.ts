/**
 * Splits bytes into records and fields as RFC 4180 says: fields between delimiters, records between line ends (\n, \r\n or
 * \r), both also within quotes, where a doubled quote is one. It looks at each byte once and makes no text. A general parser
 * makes a string of every field first, which costs ten times as much where the fields are numbers; `csv-parse` is the
 * reference that the tests compare with.
 */

export interface Dialect {
  /** Bytes. */
  readonly delimiter: number
  readonly quote: number
  /** The decimal mark. */
  readonly decimal: number
}

/** What is wrong with how a record is written. */
export type Malformed = "unclosed" | "afterQuote" | "nul"

/** Where the fields of one record lie; used again for the next one. */
export interface FieldPlaces {
  starts: Int32Array
  /** Exclusive; quotes and the spaces around a field are not in it. */
  ends: Int32Array
  /** 1 where quotes within the field are doubled. */
  doubled: Uint8Array
  /** The number of fields; there is room for only so many of them as the arrays are long. */
  count: number
  /** Line ends within quotes. */
  innerLines: number
  malformed: Malformed | undefined
  /** Where that is. */
  malformedAt: number
}

export const makePlaces = (capacity: number): FieldPlaces => ({
  starts: new Int32Array(capacity),
  ends: new Int32Array(capacity),
  doubled: new Uint8Array(capacity),
  count: 0,
  innerLines: 0,
  malformed: undefined,
  malformedAt: 0
})

const newline = 10
const carriageReturn = 13

/** Whether nothing but the place of the next field begins here. */
const isSpace = (byte: number | undefined, delimiter: number): boolean =>
  (byte === 32 || byte === 9) && byte !== delimiter

/**
 * Finds the fields of the record that begins at `from`, and gives where the next one begins; −1 where the record doesn't end
 * before `end`. With `isLast`, nothing follows after `end`.
 */
export const nextRecord = (
  bytes: Uint8Array,
  from: number,
  end: number,
  isLast: boolean,
  dialect: Dialect,
  places: FieldPlaces
): number => {
  const { delimiter, quote } = dialect
  places.innerLines = 0
  places.malformed = undefined
  places.count = 0
  let position = from
  for (;;) {
    while (position < end && isSpace(bytes[position], delimiter)) position++
    position =
      position < end && bytes[position] === quote
        ? quotedField(bytes, position, end, isLast, dialect, places)
        : plainField(bytes, position, end, delimiter, places)
    places.count++
    if (position >= end) return isLast ? end : -1
    const byte = bytes[position]
    position++
    if (byte === delimiter) continue
    if (byte === newline) return position
    // Whether a \n belongs to this \r is in the byte that follows.
    if (position >= end) return isLast ? end : -1
    return bytes[position] === newline ? position + 1 : position
  }
}

/** Enters a field without quotes, and gives where its delimiter or line end stands. */
const plainField = (bytes: Uint8Array, start: number, end: number, delimiter: number, places: FieldPlaces): number => {
  let position = start
  for (; position < end; position++) {
    const byte = bytes[position]!
    if (byte === delimiter) break
    // Most bytes of a field are larger than these.
    if (byte > carriageReturn) continue
    if (byte === newline || byte === carriageReturn) break
    if (byte === 0) malformed(places, "nul", position)
  }
  let last = position
  while (last > start && isSpace(bytes[last - 1], delimiter)) last--
  enter(places, start, last, 0)
  return position
}

/** Enters a field whose quote is at `start`, and gives where its delimiter or line end stands; `end` where it doesn't end. */
const quotedField = (
  bytes: Uint8Array,
  start: number,
  end: number,
  isLast: boolean,
  { delimiter, quote }: Dialect,
  places: FieldPlaces
): number => {
  let isDoubled = 0
  let position = start + 1
  for (; position < end; position++) {
    const byte = bytes[position]
    if (byte === newline) places.innerLines++
    else if (byte === 0) malformed(places, "nul", position)
    else if (byte === quote) {
      if (bytes[position + 1] !== quote || position + 1 >= end) break
      isDoubled = 1
      position++
    }
  }
  // A quote that is the last byte so far may be the first of two.
  if (position >= end || (position + 1 >= end && !isLast)) {
    malformed(places, "unclosed", start)
    return end
  }
  enter(places, start + 1, position, isDoubled)
  position++
  while (position < end && isSpace(bytes[position], delimiter)) position++
  for (let first = position; position < end; position++) {
    const byte = bytes[position]
    if (byte === delimiter || byte === newline || byte === carriageReturn) break
    if (position === first) malformed(places, "afterQuote", position)
  }
  return position
}

const enter = (places: FieldPlaces, start: number, end: number, doubled: number): void => {
  if (places.count >= places.starts.length) return
  places.starts[places.count] = start
  places.ends[places.count] = end
  places.doubled[places.count] = doubled
}

/** The first thing that is wrong stands. */
const malformed = (places: FieldPlaces, kind: Malformed, position: number): void => {
  if (places.malformed !== undefined) return
  places.malformed = kind
  places.malformedAt = position
}
