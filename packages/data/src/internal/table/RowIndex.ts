/** Where each row of a file begins: 4 bytes a row, and 8 more for every 256. */
export interface RowIndex {
  length: number
  readonly add: (offset: number) => void
  readonly offset: (row: number) => number
}

const chunk = 256

/** Rows may have this many bytes, so that those of a chunk are within 2³² of its first. */
export const mostRowBytes = 2 ** 24

export const makeRowIndex = (): RowIndex => {
  let firsts = new Float64Array(64)
  let within = new Uint32Array(64 * chunk)
  const index: RowIndex = {
    length: 0,
    add: (offset) => {
      const row = index.length++
      if (row === within.length) {
        const [more, moreWithin] = [new Float64Array(2 * firsts.length), new Uint32Array(2 * within.length)]
        more.set(firsts)
        moreWithin.set(within)
        firsts = more
        within = moreWithin
      }
      const place = Math.floor(row / chunk)
      if (row % chunk === 0) firsts[place] = offset
      within[row] = offset - firsts[place]!
    },
    offset: (row) => firsts[Math.floor(row / chunk)]! + within[row]!
  }
  return index
}

/** Bytes between rows up to which both are read at once. */
const gap = 16 * 1024
/** Bytes that are read at once, unless one row has more. */
const most = 2 ** 20

/** Bytes with some rows of a batch, each with its position there. */
export interface Run {
  readonly begin: number
  end: number
  readonly rows: Array<{ readonly row: number; readonly position: number }>
}

/** Reads that together have all rows: rows that lie near each other are read at once. */
export const runsOf = (
  indices: Int32Array,
  places: Pick<RowIndex, "length" | "offset">,
  end: number
): ReadonlyArray<Run> => {
  const endOf = (row: number) => (row + 1 < places.length ? places.offset(row + 1) : end)
  const rows = Array.from(indices, (row, position) => ({ row, position })).sort((a, b) => a.row - b.row)
  const runs: Array<Run> = []
  for (const placed of rows) {
    const { row } = placed
    const run = runs.at(-1)
    if (run !== undefined && places.offset(row) - run.end <= gap && endOf(row) - run.begin <= most) {
      run.end = Math.max(run.end, endOf(row))
      run.rows.push(placed)
    } else runs.push({ begin: places.offset(row), end: endOf(row), rows: [placed] })
  }
  return runs
}
