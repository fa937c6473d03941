/** Numbers and times as people read them. */

/** A loss or metric: four decimals where they say something, else three digits and an exponent. */
export const value = (number: number): string => {
  if (!Number.isFinite(number)) return String(number)
  const size = Math.abs(number)
  if (number === 0 || (size >= 0.001 && size < 10_000)) return number.toFixed(4)
  return number.toExponential(2)
}

/** A learning rate or other setting: as short as four digits allow. */
export const setting = (number: number): string => String(Number(number.toPrecision(4)))

/** A count with thousands separated. */
export const count = (number: number): string => Math.round(number).toLocaleString("en-US")

/** `0:07`, `12:30`, `1:02:03`. */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (part: number) => String(part).padStart(2, "0")
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** `loss 0.1234  accuracy 0.9531`. */
export const values = (named: { readonly [name: string]: number }): string =>
  Object.entries(named)
    .map(([name, number]) => `${name} ${value(number)}`)
    .join("  ")

/** `1 batch`, `2 batches`. */
export const plural = (number: number, one: string, many: string): string =>
  `${count(number)} ${number === 1 ? one : many}`
