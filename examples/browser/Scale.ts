/** Where values stand on an axis, and at which of them it is marked. */

export interface Scale {
  readonly marks: ReadonlyArray<readonly [value: number, label: string]>
  /** 0 at the axis' low end, 1 at its high end. */
  readonly of: (value: number) => number
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value))

/** By powers of ten, for values above 0: from the power below the smallest to the largest. */
export const logarithmic = (values: ReadonlyArray<number>): Scale => {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value))
  const low = Math.floor(Math.log10(Math.min(0.9, ...positive)))
  const high = Math.log10(Math.max(1, ...positive))
  const powers = Array.from({ length: Math.floor(high) - low + 1 }, (_, at) => 10 ** (low + at))
  return {
    marks: powers.map((value) => [value, `${Number(value.toPrecision(1))}`]),
    of: (value) => clamp((Math.log10(value) - low) / (high - low))
  }
}

/** Shares of 1, up to 1: from the ten percent below the smallest, the first few left out. */
export const shares = (values: ReadonlyArray<number>): Scale => {
  const settled = values.slice(Math.min(5, Math.floor(values.length / 2)))
  const low = Math.max(0, Math.min(9, Math.floor(10 * Math.min(1, ...settled))))
  const every = low < 5 ? 2 : 1
  const tens = Array.from({ length: 11 - low }, (_, at) => low + at).filter((ten) => (10 - ten) % every === 0)
  return {
    marks: tens.map((ten) => [ten / 10, `${10 * ten} %`]),
    of: (value) => clamp((10 * value - low) / (10 - low))
  }
}

/** Whole numbers from 0 to `last`, with at most `most` marks. */
export const counts = (last: number, most: number): Scale => {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, last)))
  const distance = [0.1, 0.2, 0.5, 1, 2, 5]
    .map((times) => times * size)
    .find((each) => each >= 1 && last / each <= most)
  const each = distance ?? last
  const marks = Array.from({ length: Math.floor(last / each) + 1 }, (_, at) => at * each)
  return { marks: marks.map((value) => [value, value.toLocaleString("en")]), of: (value) => clamp(value / last) }
}
