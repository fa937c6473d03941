/** Arithmetic of f32 and i32 in JavaScript, rounded once as IEEE 754 says. */

const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

/** left · right + addend rounded once. The product is exact in a double, the sum is rounded to odd, so the last rounding is right. */
export const fma = (left: number, right: number, addend: number): number => {
  const product = left * right
  const sum = product + addend
  if (!Number.isFinite(sum)) return Math.fround(sum)
  const part = sum - product
  const error = product - (sum - part) + (addend - part)
  if (error === 0) return Math.fround(sum)
  double[0] = sum
  if ((halves[0]! & 1) === 0) {
    // Away from zero where the error points there, else towards it; the odd neighbour in either case.
    const away = error > 0 === sum > 0
    if (away) halves[0]! += 1
    else {
      if (halves[0] === 0) halves[1]! -= 1
      halves[0]! -= 1
    }
  }
  return Math.fround(double[0]!)
}

export const least = (left: number, right: number): number => Math.min(left, right)
export const greatest = (left: number, right: number): number => Math.max(left, right)

export const round = (value: number): number => {
  const floor = Math.floor(value)
  if (!Number.isFinite(value) || floor === value) return value
  const apart = value - floor
  const up = apart > 0.5 || (apart === 0.5 && floor % 2 !== 0)
  const rounded = up ? floor + 1 : floor
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded
}

export const toInt = (value: number): number =>
  Number.isNaN(value) ? 0 : value >= 2 ** 31 ? 2 ** 31 - 1 : value <= -(2 ** 31) ? -(2 ** 31) : Math.trunc(value) | 0

const word = new DataView(new ArrayBuffer(4))
export const bitsOf = (value: number): number => {
  word.setFloat32(0, value)
  return word.getInt32(0)
}
export const ofBits = (value: number): number => {
  word.setInt32(0, value)
  return word.getFloat32(0)
}
