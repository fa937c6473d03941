/** Random bits inside a step: the numbers of core's `Rng.fillStateless`, four to a block. Salmon et al. 2011, Philox4x32-10. */
import type { Scalar } from "../plan/Plan.ts"
import * as S from "../plan/Scalars.ts"
import { sizeOf, whole } from "../plan/Shapes.ts"
import { allocate, type Builder, read, type View } from "./Builder.ts"
import { input, type Lowering, type Lowerings, output } from "./Kernel.ts"
import * as Views from "./Views.ts"

type Four = readonly [Scalar, Scalar, Scalar, Scalar]

const word = (value: number): Scalar => S.i32(value | 0)
const xor = (...words: ReadonlyArray<Scalar>): Scalar => words.reduce((left, right) => S.binary("xor", left, right))

/** Ten rounds over a counter of four words. */
const philox = (counter: Four, key: readonly [Scalar, Scalar]): Four => {
  let [x0, x1, x2, x3] = counter
  let [key0, key1] = key
  const [factor0, factor1] = [word(0xd2511f53), word(0xcd9e8d57)]
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = [S.binary("mulHigh", x0, factor0), S.mul(x0, factor0)]
    const [high1, low1] = [S.binary("mulHigh", x2, factor1), S.mul(x2, factor1)]
    ;[x0, x1, x2, x3] = [xor(high1, x1, key0), low1, xor(high0, x3, key1), low0]
    if (round < 9) [key0, key1] = [S.add(key0, word(0x9e3779b9)), S.add(key1, word(0xbb67ae85))]
  }
  return [x0, x1, x2, x3]
}

/** The key's own block, in a buffer: the two words of the key and the upper two of the counter. */
const scramble = (builder: Builder, key: View): View => {
  const half = (at: number) => read(Views.permute(Views.slice(key, [at], [1]), []))
  const [hi, lo] = [half(0), half(1)]
  const sign = (of: Scalar) => S.binary("shrSigned", of, S.i32(31))
  const block = philox([hi, sign(hi), lo, sign(lo)], [word(0x3ec8f720), word(0x02461e29)])
  const scrambled = allocate(builder, [4], "int32")
  const writes = block.map((value, at) => ({ access: { ...scrambled.access, offset: at, strides: [] }, value }))
  builder.push({ _tag: "Map", shape: [], writes })
  return scrambled
}

/** Writes `count` words of each of `blocks` blocks, from the block `first` on. */
const writeBlocks = (
  builder: Builder,
  scrambled: View,
  buffer: number,
  first: number,
  blocks: number,
  count: number
): void => {
  const scrambledAt = (at: number) => S.read("i32", { ...scrambled.access, offset: at, strides: [0] })
  const [key0, key1, c2, c3] = [scrambledAt(0), scrambledAt(1), scrambledAt(2), scrambledAt(3)]
  const counter: Four = [first === 0 ? S.index(0) : S.add(S.index(0), S.i32(first)), S.i32(0), c2, c3]
  const writes = philox(counter, [key0, key1])
    .slice(0, count)
    .map((value, at) => ({ access: { buffer, offset: 4 * first + at, strides: [4] }, value }))
  builder.push({ _tag: "Map", shape: [blocks], writes })
}

const randomBits: Lowering = (call) => {
  const { builder } = call
  const { shape } = output(call)
  const size = sizeOf(shape)
  const target = allocate(builder, shape, "int32")
  if (size === 0) return [target]
  const scrambled = scramble(builder, input(call, "key"))
  const { buffer } = whole(target.access.buffer, shape)
  const [blocks, rest] = [Math.floor(size / 4), size % 4]
  if (blocks > 0) writeBlocks(builder, scrambled, buffer, 0, blocks, 4)
  if (rest > 0) writeBlocks(builder, scrambled, buffer, blocks, 1, rest)
  return [target]
}

export const randomLowerings: Lowerings = { RandomBits: randomBits }
