import { assert, describe, it } from "@effect/vitest"
import type { Placement, Target } from "../../src/code/Code.ts"
import * as Contract from "../../src/forms/Contract.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import * as CodeInterpreter from "../support/CodeInterpreter.ts"
import * as Contracts from "../support/Contracts.ts"

const targets: ReadonlyArray<Target> = [
  { lanes: 1, registers: 16 },
  { lanes: 4, registers: 16 },
  { lanes: 8, registers: 16 },
  { lanes: 16, registers: 32 }
]

/** What the plan's outputs hold after its contractions ran as code. */
const run = (plan: Plan, inputs: ReadonlyArray<Float32Array>, target: Target, threads: number) => {
  const arena = CodeInterpreter.arena(16)
  const addresses = plan.buffers.map(({ size }) => arena.allocate(4 * size))
  const placements: ReadonlyArray<Placement> = addresses.map((address) => ({ _tag: "Fixed", address }))
  let names = 0
  const context = { buffers: plan.buffers, placements, target, name: (prefix: string) => `${prefix}${names++}` }
  const phases = plan.nodes.map((node) => {
    if (node._tag !== "Contract") throw new Error(`${node._tag} is not a contraction`)
    return { tasks: Contract.tasks(node, context) }
  })
  const floats = new Float32Array(arena.memory.buffer)
  floats.fill(Number.NaN)
  for (const [i, values] of inputs.entries()) floats.set(values, (addresses[i] ?? 0) / 4)
  for (const { buffer } of plan.outputs) {
    const at = (addresses[buffer] ?? 0) / 4
    floats.fill(0, at, at + (plan.buffers[buffer]?.size ?? 0))
  }
  CodeInterpreter.make({ arena, target, threads }).make({ table: 0, placements, phases }).run()
  return plan.outputs.map(({ buffer }) => {
    const at = (addresses[buffer] ?? 0) / 4
    const size = plan.buffers[buffer]?.size ?? 0
    return { values: floats.slice(at, at + size), behind: floats.slice(at + size, at + size + 16) }
  })
}

describe("Products and convolutions as code", () => {
  it("give the bits of the plan, for any strides, vectors and threads", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const draw = Contracts.drawing(seed)
      const plan = Contracts.plan(draw, true)
      const inputs = Contracts.inputs(plan, draw)
      const expected = interpret(plan, inputs)
      for (const target of targets) {
        for (const [output, { values, behind }] of run(plan, inputs, target, 1 + draw(4)).entries()) {
          assert.deepStrictEqual(values, expected[output], `seed ${seed}, ${target.lanes} lanes, output ${output}`)
          assert.isTrue(behind.every(Number.isNaN), `seed ${seed}: nothing is written behind a buffer`)
        }
      }
    }
  })
})
