import { assert, describe, it } from "@effect/vitest"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Buffer, Node, Plan, Tensor } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import * as Check from "../../src/schedule/Check.ts"
import * as Place from "../../src/schedule/Place.ts"
import * as Drawn from "../support/Drawn.ts"
import * as Pieces from "../support/Pieces.ts"

const size = 100

/** Buffer 0 is the input and the last one the output; all have 100 elements. */
const planOf = (count: number, nodes: ReadonlyArray<Node>): Plan => {
  const place = (id: number): Buffer["place"] =>
    id === 0 ? { _tag: "Input", index: 0 } : id === count - 1 ? { _tag: "Output", index: 0 } : { _tag: "Temporary" }
  const tensor = (buffer: number): Tensor => ({ buffer, shape: [size], dtype: "float32" })
  const buffers = Array.from({ length: count }, (_, id): Buffer => ({ id, type: "f32", size, place: place(id) }))
  return { buffers, nodes, inputs: [tensor(0)], outputs: [tensor(count - 1)] }
}

const access = (buffer: number, offset = 0, stride = 1) => ({ buffer, offset, strides: [stride] })

const map = (from: ReadonlyArray<number>, to: number, offset = 0, length = size): Node => {
  const value = from.map((buffer) => S.read("f32", access(buffer, offset))).reduce(S.add)
  return { _tag: "Map", shape: [length], writes: [{ access: access(to, offset), value }] }
}

/** 0 → 1 → 2, and 4 of 1 and 3, where 3 is of 2. */
const diamond = planOf(5, [map([0], 1), map([1], 2), map([2], 3), map([1, 3], 4)])

const placed = (plan: Plan): Place.Placed => Place.place(plan, () => 1024)

/** Where a buffer is, another one is put. */
const together = (own: Place.Placed, kept: number, moved: number): Place.Placed => ({
  ...own,
  placements: own.placements.with(moved, own.placements[kept]!)
})

describe("a placed plan's check", () => {
  it("finds nothing in sound plans", () => {
    assert.deepStrictEqual(Check.problems(diamond, placed(diamond)), [])
    const halves = planOf(3, [map([0], 1, 0, 50), map([0], 1, 50, 50), map([1], 2)])
    assert.deepStrictEqual(placed(halves).phases, [0, 0, 1])
    assert.deepStrictEqual(Check.problems(halves, placed(halves)), [])
  })

  it("finds a temporary in the place of another whose values are still wanted", () => {
    assert.deepStrictEqual(Check.problems(diamond, together(placed(diamond), 1, 3)), [
      "in phase 3 node 3 (Map) reads buffer 1 where its values are not, or not yet"
    ])
    assert.deepStrictEqual(Check.problems(diamond, together(placed(diamond), 1, 2)), [
      "in phase 1 node 1 (Map) reads buffer 1 while node 1 (Map) writes buffer 2 in the same memory",
      "in phase 3 node 3 (Map) reads buffer 1 where its values are not, or not yet"
    ])
  })

  it("finds nodes of one phase of which one needs the other", () => {
    const plan = planOf(3, [map([0], 1), map([1], 2)])
    assert.deepStrictEqual(Check.problems(plan, { ...placed(plan), phases: [0, 0] }), [
      "in phase 0 node 0 (Map) writes buffer 1 while node 1 (Map) reads buffer 1 in the same memory",
      "in phase 0 node 1 (Map) reads buffer 1 where its values are not, or not yet"
    ])
  })

  it("finds reads of elements that nobody has written, and what lies outside of the plan's memory", () => {
    const short = planOf(2, [map([0], 1, 0, 60)])
    assert.deepStrictEqual(Check.problems(short, placed(short)), ["output 0 is not written wholly"])
    const plan = planOf(3, [map([0], 1, 0, 60), map([1], 2)])
    const own = placed(plan)
    assert.deepStrictEqual(Check.problems(plan, own), [
      "in phase 1 node 1 (Map) reads buffer 1 where its values are not, or not yet"
    ])
    const outside = { ...own, placements: own.placements.with(1, { _tag: "Fixed", address: own.block + own.size }) }
    const found = Check.problems(plan, outside)
    assert.strictEqual(found[0], "node 0 (Map) writes buffer 1 outside of the plan's memory")
  })
})

describe("a plan that isn't sound", () => {
  it("is refused before any code is made of it", () => {
    const beyond = planOf(2, [map([0], 1), map([0], 1, 50)])
    assert.throws(
      () => Check.insist(beyond, placed(beyond)),
      "its plan is not sound: node 1 (Map): elements 50 to 149 of buffer 1, which has 100"
    )
    assert.throws(() => Check.insist(diamond, together(placed(diamond), 1, 3)), /^its plan is not sound: in phase 3/)
    Check.insist(diamond, placed(diamond))
  })
})

describe("pieces of a plan's code in drawn order", () => {
  const inputs = [Float32Array.from({ length: size }, (_, at) => at)]
  const wrong = (plan: Plan) =>
    Pieces.wrong(plan, inputs, interpret(plan, inputs), { target: { lanes: 4, registers: 16 }, draw: Drawn.draw(5) }) ??
    ""

  it("find units of a task that share elements", () => {
    const shared: Node = {
      _tag: "Map",
      shape: [size, 2],
      writes: [
        {
          access: { buffer: 1, offset: 0, strides: [0, 1] },
          value: S.read("f32", { buffer: 0, offset: 0, strides: [1, 0] })
        }
      ]
    }
    assert.match(wrong(planOf(2, [shared])), /map0 of node 0, units .* writes what map0 of node 0, units .* touches/)
  })

  it("find a scatter whose indices aren't as disjoint as it says", () => {
    const scatter: Node = {
      _tag: "Scatter",
      shape: [size, 3],
      disjoint: 1,
      buffer: 1,
      initial: 0,
      operator: "add",
      index: S.binary("and", S.index(0), S.i32(63)),
      value: S.f32(1)
    }
    assert.match(wrong(planOf(2, [scatter])), /scatter0 of node 0, units .* what scatter0 of node 0, units/)
  })

  it("find reads of what nobody has written, as far as they matter", () => {
    assert.strictEqual(wrong(planOf(2, [map([0], 1, 0, 97)])), "output 0 is not written wholly")
    assert.match(wrong(planOf(3, [map([0], 1, 0, 97), map([1], 2)])), /reads what nobody has written/)
    // Vectors of 4 load beyond element 96, and keep nothing of it.
    assert.strictEqual(wrong(planOf(3, [map([0], 1, 0, 97), map([1], 2, 0, 97), map([0], 2, 97, 3)])), "")
  })
})
