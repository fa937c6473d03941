/** Numbers, parameters and times of a study, as people read them. */
import type * as Schema from "effect/Schema"

/** A number with that many significant digits at most; plain where that is short, else with an exponent. */
export const short = (value: number, digits = 4): string => {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return size >= 1e-4 && size < 1e6 ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 2)
}

/** The decimals at which a number's two leading digits end; negative where they are before the point. */
const decimalsOf = (value: number): number => {
  const [, exponent = "0"] = value.toExponential(1).split("e")
  return 1 - Number(exponent)
}

/** How to write numbers alike: so many decimals, of numbers in units of a power of ten. */
export interface Precision {
  readonly decimals: number
  readonly exponent: number
}

/**
 * How a mean and what belongs to it are written: the deviation with two significant digits, the mean to the same place. Without one,
 * or where it is too small to matter, five digits of the mean.
 */
export const precisionOf = (mean: number, deviation: number | null): Precision => {
  const largest = Math.max(Math.abs(mean), deviation ?? 0)
  const isPlain = largest === 0 || (largest >= 1e-3 && largest < 1e6)
  // The power of ten of the smallest numbers is 0.
  const exponent = isPlain ? 0 : Math.max(-300, Math.floor(Math.log10(largest)))
  const unit = 10 ** exponent
  const whole = Math.max(0, decimalsOf(largest / unit || 1) + 3)
  const spread = (deviation ?? 0) / unit
  if (spread === 0) return { decimals: whole, exponent }
  return { decimals: Math.max(0, Math.min(decimalsOf(spread), whole + 3)), exponent }
}

const scaled = (value: number, { decimals, exponent }: Precision): string => {
  const text = (value / 10 ** exponent).toFixed(decimals)
  return Number(text) === 0 ? text.replace("-", "") : text
}

const timesPower = (text: string, { exponent }: Precision, isSum: boolean): string => {
  if (exponent === 0) return text
  return isSum ? `(${text})e${exponent}` : `${text}e${exponent}`
}

/** `0.9912 ± 0.0013`; the mean alone where there is no deviation. */
export const measured = (mean: number, deviation: number | null): string => {
  const precision = precisionOf(mean, deviation)
  const middle = scaled(mean, precision)
  if (deviation === null) return timesPower(String(Number(middle)), precision, false)
  return timesPower(`${middle} ± ${scaled(deviation, precision)}`, precision, true)
}

/** `[0.9901, 0.9921]`, to the place of {@link measured}. */
export const interval = (
  { low, high }: { readonly low: number; readonly high: number },
  mean: number,
  deviation: number | null
): string => {
  const precision = precisionOf(mean, deviation)
  return timesPower(`[${scaled(low, precision)}, ${scaled(high, precision)}]`, precision, false)
}

/** A probability: three digits, `< 0.001` below. */
export const probability = (value: number): string => (value < 0.001 ? "< 0.001" : value.toFixed(3))

/** The value of a parameter: numbers with four digits, words as they are, anything else as JSON; `–` where it has none. */
export const parameter = (value: Schema.Json | undefined): string => {
  if (value === undefined) return "–"
  if (typeof value === "number") return short(value)
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** The shortest ends of keys that tell them apart: `learningRate` for `train.learningRate`. */
export const shortNames = (keys: ReadonlyArray<string>): ReadonlyArray<string> =>
  keys.map((key) => {
    const parts = key.split(".")
    const ends = parts.map((_, index) => parts.slice(parts.length - 1 - index).join("."))
    return ends.find((end) => keys.every((other) => other === key || !`.${other}`.endsWith(`.${end}`))) ?? key
  })

/** Seconds: `42 s`, `3 min 12 s`, `5 h 7 min`, `3 d 4 h`. */
export const seconds = (value: number): string => {
  const whole = Math.round(value)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const hours = Math.floor(whole / 3600)
  return hours < 48 ? `${hours} h ${Math.floor(whole / 60) % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `1 seed`, `5 seeds`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`
