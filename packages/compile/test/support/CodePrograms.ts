/** Programs that do one operation each on many numbers, for comparing emitters bit by bit. */
import * as B from "../../src/code/Build.ts"
import type { Expression, Program, Task } from "../../src/code/Code.ts"
import type { Arena, Emitter } from "../../src/runtime/Executable.ts"

/** An operation of up to three operands, which come as floats or as whole numbers. */
export interface Operation {
  readonly name: string
  readonly of: "f32" | "i32"
  readonly make: (lanes: number, a: Expression, b: Expression, c: Expression) => Expression
}

const floats = (name: string, make: Operation["make"]): Operation => ({ name, of: "f32", make })
const integers = (name: string, make: Operation["make"]): Operation => ({ name: `i32 ${name}`, of: "i32", make })

const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"] as const
const extremes = [Number.NaN, 0, -0, 1, -1, Number.POSITIVE_INFINITY].flatMap((value) =>
  (["min", "max"] as const).flatMap((name) => [
    floats(`${name}(${Object.is(value, -0) ? "-0" : value}, x)`, (lanes, a) => B.binary(name, B.f32(value, lanes), a)),
    floats(`${name}(x, ${Object.is(value, -0) ? "-0" : value})`, (lanes, a) => B.binary(name, a, B.f32(value, lanes)))
  ])
)
const shifts = ["shl", "shrSigned", "shrUnsigned"] as const

/** Everything in Code that makes a number of numbers. */
export const operations: ReadonlyArray<Operation> = [
  ...(["add", "sub", "mul", "div", "min", "max"] as const).map((name) =>
    floats(name, (_, a, b) => B.binary(name, a, b))
  ),
  ...extremes,
  ...(["neg", "abs", "sqrt", "floor", "ceil", "trunc", "round"] as const).map((name) =>
    floats(name, (_, a) => B.unary(name, a))
  ),
  floats("fma", (_, a, b, c) => B.fma(a, b, c)),
  floats("mul and add apart", (_, a, b, c) => B.add(B.mul(a, b), c)),
  floats("1 / sqrt", (lanes, a) => B.div(B.f32(1, lanes), B.unary("sqrt", a))),
  ...comparisons.map((name) => floats(name, (_, a, b) => B.compare(name, a, b))),
  ...comparisons.map((name) => floats(`select ${name}`, (_, a, b, c) => B.select(B.compare(name, a, b), c, a))),
  floats("select and", (_, a, b, c) => B.select(B.and(B.compare("lt", a, b), B.compare("ne", b, c)), a, c)),
  floats("select xor or", (_, a, b, c) =>
    B.select(B.xor(B.compare("lt", a, b), B.or(B.compare("ge", b, c), B.compare("eq", a, c))), a, c)
  ),
  floats("to i32", (_, a) => B.convert("i32", a)),
  floats("bits", (_, a) => B.bits("i32", a)),
  integers("to f32", (_, a) => B.convert("f32", a)),
  integers("bits", (_, a) => B.bits("f32", a)),
  integers("neg", (_, a) => B.unary("neg", a)),
  ...(["add", "sub", "mul", "min", "max", "and", "or", "xor"] as const).map((name) =>
    integers(name, (_, a, b) => B.binary(name, a, b))
  ),
  ...shifts.map((name) => integers(`${name} 5`, (lanes, a) => B.binary(name, a, B.i32(5, lanes)))),
  ...shifts.map((name) => integers(`${name} 0`, (lanes, a) => B.binary(name, a, B.i32(0, lanes)))),
  ...([...comparisons, "ltUnsigned"] as const).map((name) => integers(name, (_, a, b) => B.compare(name, a, b))),
  ...([...comparisons, "ltUnsigned"] as const).map((name) =>
    integers(`select ${name}`, (_, a, b, c) => B.select(B.compare(name, a, b), b, c))
  ),
  integers("add lane numbers", (lanes, a) => B.add(a, B.iota(lanes)))
]

const specials = [
  ...[0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, 8388609, -8388607.5, 4194304.5, 1e10, -1e10],
  ...[2147483520, 2147483648, -2147483648, -2147483904, 3e38, -3e38, 1e-38, -1e-38, 1e-45, -1e-45, 1.1754942e-38],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
]
const wholes = [0, 1, -1, 2, 5, 31, 32, 33, -5, 16777217, -16777219, 2147483647, -2147483648, 2147483521]

/** A small generator of 32 bits, the same everywhere. */
export const random = (seed: number) => {
  let state = seed | 0
  return (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0
  }
}

/** Numbers of each operand: all pairs of special ones, then bits drawn over all exponents, then ordinary ones. */
const count = 2048

const operands = (of: "f32" | "i32", position: number): Int32Array => {
  const draw = random(17 + position)
  const special = new Int32Array(new Float32Array(specials).buffer)
  const values = of === "f32" ? [...special] : wholes
  const float = new Float32Array(1)
  return Int32Array.from({ length: count }, (_, index) => {
    const stride = position === 0 ? 1 : position === 1 ? values.length : 7
    if (index < values.length ** 2) return values[Math.floor(index / stride) % values.length]!
    if (of === "i32" || index % 3 === 0) return draw() | 0
    float[0] = (draw() / 2 ** 32 - 0.5) * 8
    return new Int32Array(float.buffer)[0]!
  })
}

/** The program, with the address of each operation's results: vectors of so many lanes, or scalars. */
export const make = (arena: Arena, lanes: number) => {
  const memory = new Int32Array(arena.memory.buffer)
  const place = (values: Int32Array) => {
    const address = arena.allocate(values.byteLength)
    memory.set(values, address / 4)
    return address
  }
  const inputs = {
    f32: [0, 1, 2].map((p) => place(operands("f32", p))),
    i32: [0, 1, 2].map((p) => place(operands("i32", p)))
  }
  const results = operations.map(() => arena.allocate(4 * count))
  const tasks = operations.map(
    ({ name, of, make }, number): Task =>
      B.task(name, count / 16, count * 100, (locals, first, last) => {
        const at = locals.fresh("index")
        const load = (address: number) => B.load(of, lanes, B.get(at), address)
        const [a, b, c] = inputs[of].map(load)
        const value = make(lanes, a!, b!, c!)
        return [
          B.loop(at, B.mul(first, B.index(64)), B.mul(last, B.index(64)), 4 * lanes, [
            B.store(B.get(at), results[number]!, value)
          ])
        ]
      })
  )
  const program: Program = { table: 0, placements: [], phases: [{ tasks }] }
  return { program, results }
}

/** NaN is NaN, whatever its bits: machines differ there, and WebAssembly leaves it open. */
const canonical = (bits: number): number => ((bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits)

/** The bits of every operation's results. */
export const bitsOf = (emitter: Emitter, arena: Arena, lanes: number): ReadonlyMap<string, Int32Array> => {
  const { program, results } = make(arena, lanes)
  const executable = emitter.make(program)
  executable.run()
  executable.release()
  const memory = new Int32Array(arena.memory.buffer)
  return new Map(
    operations.map(({ name }, number) => [
      name,
      memory.slice(results[number]! / 4, results[number]! / 4 + count).map(canonical)
    ])
  )
}
