/** Plans drawn from a seed: odd, single, empty, broadcast, strided and reversed. */
import type { Access, Buffer, Node, Plan, Scalar, Write } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import { reach, sizeOf, stridesOf } from "../../src/plan/Shapes.ts"

export interface Draw {
  /** A whole number from 0 to before `below`. */
  readonly below: (below: number) => number
  readonly of: <A>(choices: ReadonlyArray<A>) => A
}

export const draw = (seed: number): Draw => {
  let state = seed * 2_654_435_761 + 1
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39) + 0x9e3779b9
    return (state ^ (state >>> 15)) >>> 0
  }
  const below = (count: number) => next() % count
  return { below, of: (choices) => choices[below(choices.length)]! }
}

/** Mostly small numbers, with zeros of both signs, infinities and NaN among them. */
const numbers = ({ below, of }: Draw, size: number): Float32Array =>
  Float32Array.from({ length: size }, () =>
    below(12) === 0 ? of([0, -0, Infinity, -Infinity, NaN, 1e-40, 3e38]) : (below(4001) - 2000) / of([7, 64, 1000])
  )

const whole = ({ below, of }: Draw, size: number): Int32Array =>
  Int32Array.from({ length: size }, () => (below(8) === 0 ? of([0, -1, 2 ** 31 - 1, -(2 ** 31)]) : below(201) - 100))

/** A plan that is being drawn. */
export interface Sketch {
  readonly draw: Draw
  readonly input: (type: "f32" | "i32" | "u8", size: number, values?: ArrayLike<number>) => number
  readonly output: (type: "f32" | "i32", size: number) => number
  readonly finish: (nodes: ReadonlyArray<Node>) => {
    readonly plan: Plan
    readonly inputs: ReadonlyArray<ArrayLike<number>>
  }
}

export const sketch = (random: Draw): Sketch => {
  const buffers: Array<Buffer> = []
  const inputs: Array<ArrayLike<number>> = []
  let outputs = 0
  const values = (type: "f32" | "i32" | "u8", size: number) =>
    type === "f32"
      ? numbers(random, size)
      : type === "i32"
        ? whole(random, size)
        : Uint8Array.from({ length: size }, () => random.below(256))
  const tensor = ({ id, size, type }: Buffer) =>
    ({ buffer: id, shape: [size], dtype: type === "f32" ? "float32" : "int32" }) as const
  return {
    draw: random,
    input: (type, size, given) => {
      buffers.push({ id: buffers.length, type, size, place: { _tag: "Input", index: inputs.length } })
      inputs.push(given ?? values(type, size))
      return buffers.length - 1
    },
    output: (type, size) => {
      buffers.push({ id: buffers.length, type, size, place: { _tag: "Output", index: outputs++ } })
      return buffers.length - 1
    },
    finish: (nodes) => ({
      plan: {
        buffers,
        nodes,
        inputs: buffers.filter(({ place }) => place._tag === "Input").map(tensor),
        outputs: buffers.filter(({ place }) => place._tag === "Output").map(tensor)
      },
      inputs
    })
  }
}

export const shape = ({ below, of }: Draw, rank: number): Array<number> =>
  Array.from({ length: rank }, () =>
    below(40) === 0 ? 0 : of([1, 1, 2, 3, 5, 7, 8, 13, 16, 17, 33].slice(0, rank > 2 ? 8 : 11))
  )

/** Strides of an access over some sizes: in order, transposed, reversed, broadcast or with gaps. */
const strides = ({ below, of }: Draw, sizes: ReadonlyArray<number>): Array<number> => {
  const order = sizes.map((_, at) => at)
  if (below(3) === 0) order.reverse()
  const gap = below(5) === 0 ? 2 : 1
  const result = sizes.map(() => 0)
  let stride = gap
  for (const dimension of order.reverse()) {
    if (below(5) === 0) continue
    result[dimension] = below(6) === 0 ? -stride : stride
    stride *= Math.max(1, sizes[dimension]!) + (below(8) === 0 ? 1 : 0)
  }
  return of([result, stridesOf(sizes), sizes.map(() => 0), result])
}

/** A read of a new input that is as large as it must be. */
export const read = (
  sketch: Sketch,
  sizes: ReadonlyArray<number>,
  type = sketch.draw.of(["f32", "i32", "u8"] as const)
): Scalar => {
  const own = strides(sketch.draw, sizes)
  const free: Access = { buffer: 0, offset: 0, strides: own }
  const [lowest, highest] = reach(free, sizes) ?? [0, 0]
  const offset = sketch.draw.below(3) - lowest
  const buffer = sketch.input(type, offset + highest + 1)
  return S.read(type === "f32" ? "f32" : "i32", { buffer, offset, strides: own })
}

const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"] as const

/** An expression of f32 over some sizes, of about `depth` levels. Only what is exact, so that the reference has the same bits. */
export const float = (
  sketch: Sketch,
  sizes: ReadonlyArray<number>,
  depth: number,
  leaves: Array<Scalar> = []
): Scalar => {
  const { below, of } = sketch.draw
  const next = () => float(sketch, sizes, depth - 1, leaves)
  const known = leaves.filter(({ type }) => type === "f32")
  if (depth <= 0 || below(8) === 0) {
    const leaf =
      known.length > 0 && below(3) === 0
        ? of(known)
        : below(6) === 0
          ? S.f32(of([0, 1, -2.5]))
          : read(sketch, sizes, "f32")
    leaves.push(leaf)
    return leaf
  }
  const made = (() => {
    switch (below(7)) {
      case 0:
        return S.unary(of(["neg", "abs", "sqrt", "rsqrt", "floor", "ceil", "round"] as const), next())
      case 1:
        return { op: "fma", type: "f32", left: next(), right: next(), addend: next() } as const
      case 2:
        return S.select(S.compare(of(comparisons), next(), next()), next(), next())
      case 3:
        return S.convert("f32", integer(sketch, sizes, depth - 1, leaves))
      case 4:
        return S.convert("f32", truth(sketch, sizes, depth - 1, leaves))
      default:
        return S.binary(of(["add", "sub", "mul", "div", "min", "max"] as const), next(), next())
    }
  })()
  leaves.push(made)
  return made
}

export const integer = (
  sketch: Sketch,
  sizes: ReadonlyArray<number>,
  depth: number,
  leaves: Array<Scalar> = []
): Scalar => {
  const { below, of } = sketch.draw
  const next = () => integer(sketch, sizes, depth - 1, leaves)
  if (depth <= 0) {
    if (sizes.length > 0 && below(3) === 0) return S.index(below(sizes.length))
    return read(sketch, sizes, of(["i32", "u8"] as const))
  }
  switch (below(6)) {
    case 0:
      return S.integer(of(["neg", "abs"] as const), next())
    case 1:
      return S.convert("i32", float(sketch, sizes, depth - 1, leaves))
    case 2:
      return S.binary(of(["shl", "shrSigned", "shrUnsigned"] as const), next(), S.i32(below(32)))
    case 3: {
      const place = S.binary("and", next(), S.i32(15))
      return S.gather("i32", sketch.input("i32", 16), place)
    }
    default:
      return S.binary(
        of(["add", "sub", "mul", "min", "max", "floorDiv", "mod", "and", "or", "xor", "mulHigh"] as const),
        next(),
        next()
      )
  }
}

export const truth = (
  sketch: Sketch,
  sizes: ReadonlyArray<number>,
  depth: number,
  leaves: Array<Scalar> = []
): Scalar => {
  const { below, of } = sketch.draw
  const next = () => truth(sketch, sizes, depth - 1, leaves)
  if (depth <= 0 || below(2) === 0) {
    const side = () => float(sketch, sizes, depth - 1, leaves)
    return S.compare(of(comparisons), side(), side())
  }
  switch (below(4)) {
    case 0:
      return S.not(next())
    case 1:
      return S.convert("bool", integer(sketch, sizes, depth - 1, leaves))
    case 2:
      return S.select(next(), next(), next())
    default:
      return S.logic(of(["and", "or", "xor"] as const), next(), next())
  }
}

/** A whole write of a value to a new output. */
export const write = (sketch: Sketch, sizes: ReadonlyArray<number>, value: Scalar): Write => {
  const own = stridesOf(sizes)
  if (sizes.length > 1 && sketch.draw.below(4) === 0) {
    own.splice(0, own.length, ...stridesOf([...sizes].reverse()).reverse())
  }
  const type = value.type === "f32" ? "f32" : "i32"
  return {
    access: { buffer: sketch.output(type, sizeOf(sizes)), offset: 0, strides: own },
    value: S.convert(type, value)
  }
}
