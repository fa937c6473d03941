/**
 * Numbers from their bytes, without making a text of them. What this doesn't read, or not exactly, is left to `Number`.
 */

/** Powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

/** Up to this, a double holds every whole number. */
const exact = 2 ** 53

/**
 * The number in bytes[start, end), or NaN where it is anything but sign, digits, one decimal mark and an exponent, or can't
 * be read exactly this way. A mantissa of up to 2⁵³ times or divided by a power of ten up to 10²² is one rounding, so the
 * result is the double nearest to the decimal number (Clinger 1990, "How to read floating point numbers accurately").
 */
export const parseNumber = (bytes: Uint8Array, start: number, end: number, decimal: number): number => {
  let position = start
  const sign = bytes[position]
  if (sign === 45 || sign === 43) position++
  let mantissa = 0
  let digits = 0
  let decimals = 0
  let isFraction = 0
  let byte = 0
  for (; position < end; position++) {
    byte = bytes[position]! - 48
    if (byte >= 0 && byte <= 9) {
      mantissa = mantissa * 10 + byte
      digits++
      decimals += isFraction
    } else if (byte + 48 === decimal && isFraction === 0) isFraction = 1
    else break
  }
  if (digits === 0 || mantissa > exact) return Number.NaN
  let exponent = -decimals
  if (position < end) {
    const written = exponentOf(bytes, position, end)
    if (Number.isNaN(written)) return Number.NaN
    exponent += written
  }
  if (exponent > 22 || exponent < -22) return mantissa === 0 ? 0 : Number.NaN
  const value = exponent < 0 ? mantissa / powers[-exponent]! : mantissa * powers[exponent]!
  return sign === 45 ? -value : value
}

const exponentOf = (bytes: Uint8Array, start: number, end: number): number => {
  let position = start
  if ((bytes[position]! | 32) !== 101) return Number.NaN
  position++
  const sign = bytes[position]
  if (sign === 45 || sign === 43) position++
  if (position >= end || end - position > 4) return Number.NaN
  let exponent = 0
  for (; position < end; position++) {
    const digit = bytes[position]! - 48
    if (digit < 0 || digit > 9) return Number.NaN
    exponent = exponent * 10 + digit
  }
  return sign === 45 ? -exponent : exponent
}
