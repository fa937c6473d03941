/**
 * Random numbers that depend on nothing but where they are drawn: a key (seed and purpose) and a position. There is no
 * generator to advance, so drawing from one stream never moves another, and a resumed run needs no state but its position.
 *
 * The generator is Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", §3.3).
 * Drawing tensors inside a step is in `RandomBits.ts`; here are the host's numbers: shuffles, initial weights, augmentation.
 */

/** Names one stream of random numbers: 64 bits, held as two signed 32-bit integers. */
export interface Key {
  readonly hi: number
  readonly lo: number
}

/** The upper 32 bits of the product of x and a 32-bit factor given in halves, without leaving 32-bit integers. */
const multiplyHigh = (factorLow: number, factorHigh: number, x: number): number => {
  const low = x & 0xffff
  const high = x >>> 16
  const middle1 = Math.imul(factorHigh, low)
  const middle2 = Math.imul(factorLow, high)
  const carry = (Math.imul(factorLow, low) >>> 16) + (middle1 & 0xffff) + (middle2 & 0xffff)
  return (Math.imul(factorHigh, high) + (middle1 >>> 16) + (middle2 >>> 16) + (carry >>> 16)) | 0
}

/** Writes one block of Philox4x32-10 to out[at] … out[at + 3]; what lies beyond the array's end is dropped. */
const writeBlock = (
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Int32Array,
  at: number
): void => {
  let x0 = c0 | 0
  let x1 = c1 | 0
  let x2 = c2 | 0
  let x3 = c3 | 0
  let key0 = k0 | 0
  let key1 = k1 | 0
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0x1f53, 0xd251, x0)
    const high1 = multiplyHigh(0x8d57, 0xcd9e, x2)
    const low0 = Math.imul(0xd2511f53, x0)
    const low1 = Math.imul(0xcd9e8d57, x2)
    x0 = high1 ^ x1 ^ key0
    x1 = low1
    x2 = high0 ^ x3 ^ key1
    x3 = low0
    key0 = (key0 + 0x9e3779b9) | 0
    key1 = (key1 + 0xbb67ae85) | 0
  }
  out[at] = x0
  out[at + 1] = x1
  out[at + 2] = x2
  out[at + 3] = x3
}

const scratch = new Int32Array(4)

/**
 * One block of Philox4x32-10: four 32-bit words (unsigned) from a counter of four words and a key of two.
 * Equal to Random123's `philox4x32` with ten rounds.
 */
export const philox = (
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number
): readonly [number, number, number, number] => {
  writeBlock(c0, c1, c2, c3, k0, k1, scratch, 0)
  return [scratch[0]! >>> 0, scratch[1]! >>> 0, scratch[2]! >>> 0, scratch[3]! >>> 0]
}

/** The key of a seed: any safe integer. */
export const key = (seed: number): Key => {
  const high = Math.floor(seed / 0x100000000)
  const [hi, lo] = philox(seed >>> 0, high >>> 0, 0, 0, 0x65747564, 0x65000000)
  return { hi: hi | 0, lo: lo | 0 }
}

/** The key of one part (an epoch, a step, a layer's number) of a stream. */
export const fold = (parent: Key, part: number): Key => {
  writeBlock(part, Math.floor(part / 0x100000000), 1, 0, parent.lo, parent.hi, scratch, 0)
  return { hi: scratch[0]!, lo: scratch[1]! }
}

/** The key of the stream that `name` names below `parent`, such as `"shuffle"` or a parameter's path. */
export const named = (parent: Key, name: string): Key => {
  let current = fold(parent, name.length)
  for (let index = 0; index < name.length; index += 2) {
    current = fold(
      current,
      name.charCodeAt(index) * 0x10000 + (index + 1 < name.length ? name.charCodeAt(index + 1) : 0)
    )
  }
  return current
}

/** 32 random bits as an unsigned integer, at `position` of the stream. */
export const bits = (stream: Key, position: number): number => {
  const block = Math.floor(position / 4)
  return philox(block >>> 0, Math.floor(block / 0x100000000) >>> 0, 2, 0, stream.lo, stream.hi)[position % 4]!
}

/** A number in [0, 1), uniform, of 24 bits (exact in float32), at `position` of the stream. */
export const uniform = (stream: Key, position: number): number => (bits(stream, position) >>> 8) / 0x1000000

/** A standard normal number at `position` of the stream, by the Box–Muller transform. */
export const normal = (stream: Key, position: number): number => {
  const pair = position - (position % 2)
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(stream, pair)))
  const angle = 2 * Math.PI * uniform(stream, pair + 1)
  return position % 2 === 0 ? radius * Math.cos(angle) : radius * Math.sin(angle)
}

/** `count` uniform numbers in [low, high). */
export const uniforms = (stream: Key, count: number, low = 0, high = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => low + (high - low) * uniform(stream, index))

/** `count` normal numbers of the given mean and standard deviation. */
export const normals = (stream: Key, count: number, mean = 0, deviation = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => mean + deviation * normal(stream, index))

/** `count` normal numbers, each redrawn until it is within two standard deviations of the mean. */
export const truncatedNormals = (stream: Key, count: number, mean = 0, deviation = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => {
    const elementKey = fold(stream, index)
    let draw = 0
    while (Math.abs(normal(elementKey, draw)) > 2) draw++
    return mean + deviation * normal(elementKey, draw)
  })

const mix = (value: number, roundKey: number): number => {
  let x = Math.imul(value ^ roundKey, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return x ^ (x >>> 16)
}

/** Small networks mix slowly: with 8 rounds the orders of five elements are not equally likely, with 16 no test tells. */
const roundsOf = (half: number): number => (half <= 4 ? 16 : 8)

/**
 * A keyed permutation of 0 … length − 1, one element at a time: `permutation(key, length)(position)` is the element that
 * stands at `position`. Nothing is stored and nothing replayed, so a shuffled epoch can be entered anywhere.
 *
 * A balanced Feistel network over the smallest even number of bits that holds `length`, walked until it lands below
 * `length` (Black and Rogaway 2002, "Ciphers with arbitrary finite domains", §3). Such networks give even permutations only,
 * which half of all orders are, so the first two positions are exchanged for every other key.
 */
export const permutation = (stream: Key, length: number): ((position: number) => number) => {
  if (length <= 1) return (position) => position
  let half = 1
  while (2 ** (2 * half) < length) half++
  const rounds = roundsOf(half)
  const roundKeys = Int32Array.from({ length: rounds }, (_, round) => bits(stream, round))
  const exchanged = bits(stream, rounds) >>> 31
  const through = half <= 15 ? narrow(roundKeys, half) : wide(roundKeys, half)
  return (position) => {
    let value = position < 2 ? position ^ exchanged : position
    do value = through(value)
    while (value >= length)
    return value
  }
}

type Network = (value: number) => number

/** Values of up to 30 bits, in small integers only: a shuffled run computes this for each of its samples. */
const narrow = (roundKeys: Int32Array, half: number): Network => {
  const mask = 2 ** half - 1
  return (value) => {
    let left = value >>> half
    let right = value & mask
    for (let round = 0; round < roundKeys.length; round++) {
      const next = left ^ (mix(right, roundKeys[round]!) & mask)
      left = right
      right = next
    }
    return (left << half) | right
  }
}

const wide = (roundKeys: Int32Array, half: number): Network => {
  const base = 2 ** half
  const mask = base - 1
  return (value) => {
    let left = Math.floor(value / base)
    let right = value % base
    for (let round = 0; round < roundKeys.length; round++) {
      const next = (left ^ (mix(right, roundKeys[round]!) & mask)) >>> 0
      left = right
      right = next
    }
    return left * base + right
  }
}

/**
 * Fills `out` with random bits: the numbers of TensorFlow's `StatelessRandomUniformFullInt` with the seed [hi, lo] and
 * dtype int32, so that every backend draws what the native one draws. The element at index `i` does not depend on how
 * many are drawn.
 */
export const fillStateless = (stream: Key, out: Int32Array): Int32Array => {
  const [k0, k1, c2, c3] = philox(
    stream.hi,
    stream.hi < 0 ? 0xffffffff : 0,
    stream.lo,
    stream.lo < 0 ? 0xffffffff : 0,
    0x3ec8f720,
    0x02461e29
  )
  for (let index = 0; index < out.length; index += 4) writeBlock(index / 4, 0, c2, c3, k0, k1, out, index)
  return out
}
