import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import { problems } from "../../src/plan/Check.ts"
import * as Expand from "../../src/plan/Expand.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Contract, Plan, Write } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import { stridesOf } from "../../src/plan/Shapes.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as Check from "../../src/schedule/Check.ts"
import * as Place from "../../src/schedule/Place.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as Contracts from "../support/Contracts.ts"
import * as Drawn from "../support/Drawn.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Pieces from "../support/Pieces.ts"
import * as Planned from "../support/Planned.ts"

const [samples, lines, columns, from, to] = [2, 20, 22, 12, 14]
const image = [(lines + 2) * (columns + 2) * from, (columns + 2) * from, from, 1]
const output = stridesOf([samples, lines, columns, to])
const filter = stridesOf([3, 3, from, to])

/** What was summed, with the places of all dimensions and something that is read. */
const writes = (strides: ReadonlyArray<number>): ReadonlyArray<Write> => {
  const places = strides.map((_, axis) => S.mul(S.index(axis), S.i32(axis + 1))).reduce(S.add)
  const value = S.add(S.accumulator("f32"), S.convert("f32", places))
  const bias = S.read("f32", { buffer: 2, offset: 0, strides: strides.map((_, axis) => (axis === 3 ? 1 : 0)) })
  return [
    { access: { buffer: 3, offset: 0, strides }, value },
    { access: { buffer: 4, offset: 0, strides }, value: S.mul(S.accumulator("f32"), bias) }
  ]
}

const convolution = (mirrored: boolean): Contract => ({
  _tag: "Contract",
  batch: [],
  rows: [samples, lines, columns],
  columns: [to],
  inner: [3, 3, from],
  parts: 1,
  left: { buffer: 0, offset: 0, strides: [...image.slice(0, 3), ...image.slice(1)] },
  right: mirrored
    ? { buffer: 1, offset: 8 * from * to, strides: [-filter[0]!, -filter[1]!, 1, from] }
    : { buffer: 1, offset: 0, strides: filter },
  writes: writes(output)
})

const gradient: Contract = {
  _tag: "Contract",
  batch: [],
  rows: [3, 3, from],
  columns: [to],
  inner: [samples, lines, columns],
  parts: 1,
  left: { buffer: 0, offset: 0, strides: [...image.slice(1), ...image.slice(0, 3)] },
  right: { buffer: 1, offset: 0, strides: output },
  writes: writes(filter)
}

const planOf = (node: Contract, count = samples): Plan => {
  const [large, small] = [count * lines * columns * to, 9 * from * to]
  const isGradient = node.rows[0] === 3 && node.rows[1] === 3
  const [second, result] = isGradient ? [large, small] : [small, large]
  return Contracts.planOf(node, [count * image[0]!, second, to, result, result])
}

describe("Winograd's convolutions", () => {
  for (const [name, node] of [
    ["a convolution", convolution(false)],
    ["a gradient by input", convolution(true)],
    ["a gradient by filter", gradient]
  ] as const) {
    it(`give ${name} with fewer products, exactly where numbers are whole`, () => {
      const plan = planOf(node)
      const expanded = Expand.expand(plan)
      assert.deepStrictEqual(problems(expanded), [])
      const placed = Place.place(expanded, Arena.make({ shared: false }).allocate)
      assert.deepStrictEqual(Check.problems(expanded, placed), [])
      assert.isTrue(expanded.nodes.some(({ _tag }) => _tag === "Loop"))
      const inputs = Contracts.inputs(plan, Contracts.drawing(7), true)
      assert.deepStrictEqual(interpret(expanded, inputs), interpret(plan, inputs))
    })
  }

  for (const [name, node] of [
    ["a convolution", { ...convolution(true), rows: [3, lines, columns] }],
    ["a gradient by filter", { ...gradient, inner: [3, lines, columns] }]
  ] as const) {
    it(`have the same bits on all targets and any number of threads: ${name}`, () => {
      const plan = Expand.expand(planOf(node, 3))
      const inputs = Contracts.inputs(plan, Contracts.drawing(11))
      const expected = interpret(plan, inputs)
      const arena = Arena.make({ shared: false })
      const emitted = Planned.run(plan, inputs, arena, WasmEmitter.makeSingle({ arena, level: "fused" }))
      assert.deepStrictEqual(emitted.map(Planned.bitsOf), expected.map(Planned.bitsOf))
      const draw = Drawn.draw(3)
      const target = { lanes: 4, registers: 16 }
      assert.strictEqual(Pieces.wrong(plan, inputs, expected, { target, draw }), undefined)
      for (const target of [
        { lanes: 1, registers: 8 },
        { lanes: 16, registers: 32 }
      ]) {
        const got = Planned.interpreted(plan, inputs, target, 3)
        assert.deepStrictEqual(got.map(Planned.bitsOf), expected.map(Planned.bitsOf), `${target.lanes} lanes`)
      }
    })
  }

  it.effect.skipIf(unavailable !== undefined)("have the same bits as native code", () =>
    Effect.gen(function* () {
      const plans = [convolution(true), gradient].map((node) => Expand.expand(planOf(node)))
      for (const plan of plans) {
        const inputs = Contracts.inputs(plan, Contracts.drawing(13))
        const arena = Arena.make({ shared: true })
        const emitter = yield* NativeEmitter.make({ arena, threads: 2, cache })
        const got = Planned.run(plan, inputs, arena, emitter)
        assert.deepStrictEqual(got.map(Planned.bitsOf), interpret(plan, inputs).map(Planned.bitsOf))
      }
    })
  )

  it("leaves odd sides and few channels as they are", () => {
    const odd = { ...convolution(false), rows: [samples, lines - 1, columns] }
    const few = { ...convolution(false), columns: [4] }
    for (const node of [odd, few]) {
      const { nodes } = Expand.expand(planOf(node))
      assert.isTrue(nodes.every(({ _tag }) => _tag !== "Loop"))
    }
  })
})
