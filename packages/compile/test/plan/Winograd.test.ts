import { assert, describe, it } from "@effect/vitest"
import { problems } from "../../src/plan/Check.ts"
import * as Expand from "../../src/plan/Expand.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Contract, Plan, Write } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import { stridesOf } from "../../src/plan/Shapes.ts"
import * as Contracts from "../support/Contracts.ts"

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

const planOf = (node: Contract): Plan => {
  const [large, small] = [samples * lines * columns * to, 9 * from * to]
  const isGradient = node === gradient
  const [second, result] = isGradient ? [large, small] : [small, large]
  return Contracts.planOf(node, [samples * image[0]!, second, to, result, result])
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
      const contracts = expanded.nodes.filter(({ _tag }) => _tag === "Contract")
      assert.isTrue(contracts.every((one) => one._tag === "Contract" && one.batch.includes(16)))
      const inputs = Contracts.inputs(plan, Contracts.drawing(7), true)
      assert.deepStrictEqual(interpret(expanded, inputs), interpret(plan, inputs))
    })
  }

  it("leaves odd sides and few channels as they are", () => {
    const odd = { ...convolution(false), rows: [samples, lines - 1, columns] }
    const few = { ...convolution(false), columns: [4] }
    for (const node of [odd, few]) {
      const { nodes } = Expand.expand(planOf(node))
      assert.isTrue(nodes.every((one) => one._tag !== "Contract" || !one.batch.includes(16)))
    }
  })
})
