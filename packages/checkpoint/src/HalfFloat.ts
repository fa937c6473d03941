/**
 * Floats of 16 bits as bit patterns: float16 (IEEE 754 binary16: 5 bits of exponent, 10 of fraction, largest 65,504) and
 * bfloat16 (8 and 7 bits: the upper half of a float32). Patterns and not values, so that NaN payloads survive.
 */

/** Rounds `bits` · 2^−`shift` to the nearest integer, a tie to the even one. `shift` is from 1 to 31. */
const roundShift = (bits: number, shift: number): number => {
  const quotient = bits >>> shift
  const rest = bits & (2 ** shift - 1)
  const half = 2 ** (shift - 1)
  return rest > half || (rest === half && (quotient & 1) === 1) ? quotient + 1 : quotient
}

/** The float32 pattern of a float16 pattern. Exact: each float16 is a float32. */
export const float16To32 = (half: number): number => {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0
  if (fraction === 0) return sign >>> 0
  // A subnormal, fraction · 2^−24, is a normal float32: its highest bit becomes the implicit one.
  const zeros = Math.clz32(fraction) - 21
  return (sign | ((113 - zeros) << 23) | (((fraction << zeros) & 0x3ff) << 13)) >>> 0
}

/**
 * The float16 pattern nearest to a float32 pattern; a tie goes to the even one. Magnitudes of 65,520 and more become infinite,
 * those up to 2^−25 become zero; both keep their sign. NaN stays NaN.
 */
export const float32To16 = (bits: number): number => {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200)
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13)
  const shift = 126 - (magnitude >>> 23)
  return shift > 24 ? sign : sign | roundShift((magnitude & 0x7fffff) | 0x800000, shift)
}

/** The float32 pattern of a bfloat16 pattern. Exact. */
export const bfloat16To32 = (half: number): number => (half << 16) >>> 0

/**
 * The bfloat16 pattern nearest to a float32 pattern; a tie goes to the even one. Magnitudes above the largest bfloat16
 * (3.3895e38) by half a unit or more become infinite. NaN stays NaN.
 */
export const float32ToBfloat16 = (bits: number): number => {
  const isNaN = (bits & 0x7fffffff) > 0x7f800000
  if (isNaN) return (bits >>> 16) | ((bits >>> 16) & 0x7f ? 0 : 0x40)
  return roundShift(bits, 16)
}
