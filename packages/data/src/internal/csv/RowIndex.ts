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
