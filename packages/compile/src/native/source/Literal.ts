/** Numbers as C's literals. */
import type { Kind } from "../../code/Code.ts"

const view = new DataView(new ArrayBuffer(4))

/** The 32 bits of a number after rounding to f32. */
const bitsOf = (value: number): number => {
  view.setFloat32(0, value)
  return view.getUint32(0)
}

const float = (value: number): string => {
  const bits = bitsOf(value)
  const [sign, exponent, fraction] = [bits >>> 31 === 1 ? "-" : "", (bits >>> 23) & 0xff, bits & 0x7fffff]
  if (exponent === 0xff) return fraction === 0 ? `(${sign}__builtin_inff())` : `__builtin_nanf("")`
  const digits = (fraction * 2).toString(16).padStart(6, "0")
  return exponent === 0 ? `(${sign}0x0.${digits}p-126f)` : `(${sign}0x1.${digits}p${exponent - 127}f)`
}

const integer = (value: number): string => {
  const whole = value | 0
  // C reads the sign apart from the digits, which don't fit then.
  return whole === -0x80000000 ? "INT32_MIN" : `(${whole})`
}

/** A scalar constant of a kind. */
export const literal = (kind: Kind, value: number): string => {
  if (kind === "f32") return float(value)
  if (kind === "i32") return integer(value)
  return Number.isSafeInteger(value) ? `(index_t)(${value})` : integer(value)
}
