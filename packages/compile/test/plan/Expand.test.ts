import { assert, describe, it } from "@effect/vitest"
import * as Expand from "../../src/plan/Expand.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Access, Contract, Node, Plan, Scalar } from "../../src/plan/Plan.ts"
import * as Scalars from "../../src/plan/Scalars.ts"
import * as Contracts from "../support/Contracts.ts"

const contracts = ({ nodes }: Plan): ReadonlyArray<Contract> => nodes.filter((node) => node._tag === "Contract")

/** The gradient of a filter: rows [ky, kx, ic], columns [oc], inner [batch, y, x]. */
const filterGradient = (batch: number, size: number, input: number, output: number): Plan => {
  const padded = size + 2
  return Contracts.planOf(
    {
      _tag: "Contract",
      batch: [],
      rows: [3, 3, input],
      columns: [output],
      inner: [batch, size, size],
      parts: 1,
      left: {
        buffer: 0,
        offset: 0,
        strides: [padded * input, input, 1, padded * padded * input, padded * input, input]
      },
      right: { buffer: 1, offset: 0, strides: [size * size * output, size * output, output, 1] },
      writes: [
        {
          access: { buffer: 3, offset: 0, strides: [3 * input * output, input * output, output, 1] },
          value: Scalars.accumulator("f32")
        }
      ]
    },
    [batch * padded * padded * input, batch * size * size * output, 1, 9 * input * output, 1]
  )
}

/** A convolution over an image of zeros but for `rows` rows from `begin` on, as gradients by input have it. */
const padded = (batch: number, begin: number, rows: number, size: number, filter: number): Plan => {
  const [input, output, outputs] = [2, 3, size - filter + 1]
  const image = [size * size * input, size * input, input, 1]
  const base = Contracts.planOf(
    {
      _tag: "Contract",
      batch: [],
      rows: [batch, outputs, outputs],
      columns: [output],
      inner: [filter, filter, input],
      parts: 1,
      left: { buffer: 5, offset: 0, strides: [...image.slice(0, 3), ...image.slice(1)] },
      right: { buffer: 1, offset: 0, strides: [filter * input * output, input * output, output, 1] },
      writes: [
        {
          access: { buffer: 3, offset: 0, strides: [outputs * outputs * output, outputs * output, output, 1] },
          value: Scalars.accumulator("f32")
        }
      ]
    },
    [batch * rows * size * input, filter * filter * input * output, 1, batch * outputs * outputs * output, 1]
  )
  const whole = { buffer: 5, offset: 0, strides: image }
  const fill = (shape: ReadonlyArray<number>, access: Access, value: Scalar): Node => ({
    _tag: "Map",
    shape,
    writes: [{ access, value }]
  })
  const read = { buffer: 0, offset: 0, strides: [rows * size * input, size * input, input, 1] }
  return {
    ...base,
    buffers: [...base.buffers, { id: 5, type: "f32", size: batch * size * size * input, place: { _tag: "Temporary" } }],
    nodes: [
      fill([batch, size, size, input], whole, Scalars.f32(0)),
      fill([batch, rows, size, input], { ...whole, offset: begin * size * input }, Scalars.read("f32", read)),
      ...base.nodes
    ]
  }
}

describe("Expanding contractions", () => {
  it("changes no sum", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const draw = Contracts.drawing(seed)
      const plan = Contracts.plan(draw, false)
      const inputs = Contracts.inputs(plan, draw, true)
      const expanded = Expand.expand(plan)
      assert.deepStrictEqual(interpret(expanded, inputs), interpret(plan, inputs), `seed ${seed}`)
      for (const { right, columns } of contracts(expanded)) {
        assert.isTrue(columns.length === 0 || right.strides.at(-1) === 1, `seed ${seed}: unit stride`)
      }
    }
  })

  it("merges the dimensions that every operand walks through in one stride", () => {
    const [node] = contracts(Expand.expand(filterGradient(2, 4, 3, 5)))
    assert.deepStrictEqual([node?.rows, node?.columns, node?.inner], [[3, 9], [5], [2, 4, 4]])
  })

  it("cuts long sums of few outputs into parts, evenly or with a shorter last one", () => {
    for (const batch of [32, 37, 131]) {
      const plan = filterGradient(batch, 16, 2, 4)
      const inputs = Contracts.inputs(plan, Contracts.drawing(batch), true)
      const expanded = Expand.expand(plan)
      assert.strictEqual(expanded.nodes.at(-1)?._tag, "Reduce")
      assert.deepStrictEqual(interpret(expanded, inputs), interpret(plan, inputs), `batch ${batch}`)
    }
  })

  it("leaves out products with the zeros around an image", () => {
    for (const [batch, begin, rows, size, filter] of [
      [2, 4, 4, 12, 5],
      [1, 2, 3, 7, 3],
      [3, 0, 2, 6, 3],
      [2, 5, 1, 6, 2]
    ] as const) {
      const plan = padded(batch, begin, rows, size, filter)
      const inputs = Contracts.inputs(plan, Contracts.drawing(size), true)
      const expanded = Expand.expand(plan)
      assert.isAbove(contracts(expanded).length, 1)
      assert.deepStrictEqual(
        interpret(expanded, inputs),
        interpret(plan, inputs),
        `${[batch, begin, rows, size, filter]}`
      )
    }
    assert.strictEqual(contracts(Expand.expand(padded(2, 1, 14, 16, 3))).length, 1)
  })

  it("leaves short sums, and those of many outputs, whole", () => {
    const short = Expand.expand(filterGradient(2, 4, 3, 5))
    assert.deepStrictEqual(
      short.nodes.map(({ _tag }) => _tag),
      ["Contract"]
    )
  })

  it("cuts a sum into as many parts as the node asks for", () => {
    const plan = filterGradient(4, 4, 3, 5)
    const [node] = contracts(plan)
    const parted: Plan = node === undefined ? plan : { ...plan, nodes: [{ ...node, parts: 3 }] }
    const inputs = Contracts.inputs(plan, Contracts.drawing(1))
    assert.deepStrictEqual(interpret(Expand.expand(parted), inputs), interpret(parted, inputs))
  })
})
