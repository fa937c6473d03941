import { assert, describe, it } from "@effect/vitest"
import * as Expand from "../../src/plan/Expand.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Contract, Plan } from "../../src/plan/Plan.ts"
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

describe("Expanding contractions", () => {
  it("changes no sum", () => {
    for (let seed = 1; seed <= 300; seed++) {
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
