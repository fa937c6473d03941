import { assert, describe, it } from "@effect/vitest"
import * as Check from "../src/plan/Check.ts"
import * as Interpret from "../src/plan/Interpret.ts"
import type { Node, Scalar } from "../src/plan/Plan.ts"
import * as S from "../src/plan/Scalars.ts"
import { stridesOf } from "../src/plan/Shapes.ts"
import * as Arena from "../src/runtime/Arena.ts"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"
import * as Drawn from "./support/Drawn.ts"
import * as Planned from "./support/Planned.ts"

type Sketching = (sketch: Drawn.Sketch) => ReadonlyArray<Node>

/** Draws plans and compares every target's bits with the reference's. */
const agrees = (times: number, nodes: Sketching): void => {
  for (let seed = 0; seed < times; seed++) {
    const sketch = Drawn.sketch(Drawn.draw(seed))
    const { plan, inputs } = sketch.finish(nodes(sketch))
    assert.deepStrictEqual(Check.problems(plan), [], `seed ${seed}`)
    const expected = Interpret.interpret(plan, inputs).map(Planned.bitsOf)
    for (const target of Planned.targets) {
      const threads = 1 + (seed % 3)
      const got = Planned.interpreted(plan, inputs, target, threads).map(Planned.bitsOf)
      assert.deepStrictEqual(got, expected, `seed ${seed}, ${target.lanes} lanes, ${threads} threads`)
    }
    const arena = Arena.make({ shared: false })
    const emitted = Planned.run(plan, inputs, arena, WasmEmitter.makeSingle({ arena, level: "fused" }))
    assert.deepStrictEqual(emitted.map(Planned.bitsOf), expected, `seed ${seed}, WebAssembly`)
  }
}

const scalar = (sketch: Drawn.Sketch, sizes: ReadonlyArray<number>): Scalar =>
  sketch.draw.of([Drawn.float, Drawn.float, Drawn.integer, Drawn.truth])(sketch, sizes, 1 + sketch.draw.below(4))

const map: Sketching = (sketch) => {
  const sizes = Drawn.shape(sketch.draw, sketch.draw.below(4))
  const shared: Array<Scalar> = []
  const values = Array.from({ length: 1 + sketch.draw.below(3) }, () => Drawn.float(sketch, sizes, 2, shared))
  const others = sketch.draw.below(2) === 0 ? [scalar(sketch, sizes)] : []
  return [
    { _tag: "Map", shape: sizes, writes: [...values, ...others].map((value) => Drawn.write(sketch, sizes, value)) }
  ]
}

const reduce: Sketching = (sketch) => {
  const { below, of } = sketch.draw
  const outer = Drawn.shape(sketch.draw, below(3))
  const over = Drawn.shape(sketch.draw, below(3))
  const operator = of(["sum", "product", "max", "min", "argMax", "argMin"] as const)
  const value = of([Drawn.float, Drawn.integer])(sketch, [...outer, ...over], below(3))
  const type = operator.startsWith("arg") || value.type === "i32" ? "i32" : "f32"
  const accumulator = S.accumulator(type)
  const finished = type === "f32" ? S.mul(accumulator, Drawn.float(sketch, outer, 1)) : S.add(accumulator, S.i32(1))
  return [
    {
      _tag: "Reduce",
      shape: outer,
      over,
      operator,
      order: of(["sequence", "lanes"] as const),
      value,
      writes: [Drawn.write(sketch, outer, finished), Drawn.write(sketch, outer, accumulator)]
    }
  ]
}

const scan: Sketching = (sketch) => {
  const { below, of } = sketch.draw
  const sizes = Drawn.shape(sketch.draw, below(3))
  const length = of([0, 1, 2, 7, 16, 19])
  const value = of([Drawn.float, Drawn.integer])(sketch, [...sizes, length], below(3))
  const { access } = Drawn.write(sketch, [...sizes, length], value)
  const [operator, exclusive] = [of(["sum", "product"] as const), below(2) === 0]
  return [{ _tag: "Scan", shape: sizes, length, operator, exclusive, value, write: access }]
}

/** Rows of their own in the buffer for each disjoint index; within a row anything. */
const scatter: Sketching = (sketch) => {
  const { below, of } = sketch.draw
  const disjoint = Drawn.shape(sketch.draw, below(3))
  const sizes = [...disjoint, ...Drawn.shape(sketch.draw, below(3))]
  const rows = disjoint.reduce((product, size) => product * size, 1)
  const own = stridesOf(disjoint).reduce<Scalar>(
    (sum, stride, dimension) => S.add(sum, S.mul(S.index(dimension), S.i32(stride))),
    S.i32(0)
  )
  const within = S.binary("and", Drawn.integer(sketch, sizes, 1), S.i32(7))
  const place = S.add(S.mul(own, S.i32(8)), within)
  const value = of([Drawn.float, Drawn.integer])(sketch, sizes, below(3))
  const buffer = sketch.output(value.type === "f32" ? "f32" : "i32", rows * 8)
  const index = S.select(S.compare("eq", within, S.i32(3)), S.i32(-1), place)
  const operator = of(["add", "max", "set"] as const)
  return [
    { _tag: "Scatter", shape: sizes, disjoint: disjoint.length, buffer, initial: of([0, -1]), operator, index, value }
  ]
}

describe("forms have the bits that the plan means, for all lanes and threads", () => {
  it("element by element", () => agrees(300, map))
  it("reductions", () => agrees(300, reduce))
  it("cumulative", () => agrees(150, scan))
  it("scattered", () => agrees(150, scatter))
})
