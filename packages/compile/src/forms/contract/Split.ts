/** A length cut into blocks that differ by one at most: ten rows for at most six at a time are five and five. */
export interface Split {
  /** The number of blocks. */
  readonly count: number
  /** The first `bigs` blocks are one longer than the others. */
  readonly bigs: number
  /** The length of the others. */
  readonly small: number
}

/** Cuts `length` > 0 into as few blocks of at most `limit` as there can be. */
export const balanced = (length: number, limit: number): Split => {
  const count = Math.ceil(length / limit)
  const small = Math.floor(length / count)
  return { count, bigs: length - small * count, small }
}

/** Runs of blocks of equal length: those from `from` to before `to` have `size`. */
export interface Run {
  readonly from: number
  readonly to: number
  readonly size: number
  /** Block i begins at `i * size + origin`. */
  readonly origin: number
}

export const runs = ({ count, bigs, small }: Split): ReadonlyArray<Run> =>
  [
    { from: 0, to: bigs, size: small + 1, origin: 0 },
    { from: bigs, to: count, size: small, origin: bigs }
  ].filter(({ from, to }) => from < to)
