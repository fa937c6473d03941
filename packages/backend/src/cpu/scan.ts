/** Looks for special values in float32, by their bits and without a branch for each element: it follows many kernels. */

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Int32Array => new Int32Array(buffer, byteOffset, length)

/** The bits of ∞; those of NaN are larger, the sign left out. */
const infinity = 0x7f800000

export const holdsNaN = (values: Float32Array): boolean => {
  const bits = bitsOf(values)
  let negative = 0
  for (let place = 0; place < bits.length; place++) negative |= infinity - (bits[place]! & 0x7fffffff)
  return negative < 0
}

export const holdsNegativeInfinity = (values: Float32Array): boolean => {
  const bits = bitsOf(values)
  let negative = -1
  for (let place = 0; place < bits.length; place++) {
    const difference = bits[place]! ^ (infinity | 0x80000000)
    // Negative unless the difference is 0.
    negative &= difference | -difference
  }
  return negative >= 0
}
