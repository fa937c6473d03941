import { assert, describe, it } from "@effect/vitest"
import type { Buffer, Node, Plan } from "../src/plan/Plan.ts"
import * as S from "../src/plan/Scalars.ts"
import * as Place from "../src/schedule/Place.ts"
import * as Drawn from "./support/Drawn.ts"

/** Maps one after the other, each of one or two buffers before it. */
const drawn = (seed: number): Plan => {
  const { below } = Drawn.draw(seed)
  const count = 12 + below(20)
  const buffers = Array.from({ length: count }, (_, id): Buffer => {
    const place = id === 0 ? ({ _tag: "Input", index: 0 } as const) : ({ _tag: "Temporary" } as const)
    return { id, type: "f32", size: 1 + below(100), place: id === count - 1 ? { _tag: "Output", index: 0 } : place }
  })
  const access = (buffer: number) => ({ buffer, offset: 0, strides: [0] })
  const nodes = buffers.slice(1).map(({ id }): Node => {
    const value = S.add(S.read("f32", access(below(id))), S.read("f32", access(Math.max(0, id - 1 - below(3)))))
    return { _tag: "Map", shape: [1], writes: [{ access: access(id), value }] }
  })
  const tensor = ({ id, size }: Buffer) => ({ buffer: id, shape: [size], dtype: "float32" }) as const
  return { buffers, nodes, inputs: [tensor(buffers[0]!)], outputs: [tensor(buffers.at(-1)!)] }
}

/** The phases in which a temporary holds what somebody wants. */
const lifeOf = ({ nodes }: Plan, phases: ReadonlyArray<number>, buffer: number): readonly [number, number] => {
  const used = nodes.flatMap((node, at) => (JSON.stringify(node).includes(`"buffer":${buffer},`) ? [phases[at]!] : []))
  return [Math.min(...used), Math.max(...used)]
}

describe("places", () => {
  it("of temporaries that live at the same time don't overlap, and are aligned", () => {
    for (let seed = 0; seed < 60; seed++) {
      const plan = drawn(seed)
      const { placements, phases, block, size } = Place.place(plan, () => 1024)
      const spaces = plan.buffers.flatMap((buffer) => {
        const placement = placements[buffer.id]!
        if (buffer.place._tag !== "Temporary" || placement._tag !== "Fixed") return []
        const [from, to] = lifeOf(plan, phases, buffer.id)
        return [{ from, to, start: placement.address, end: placement.address + 4 * buffer.size }]
      })
      for (const [at, one] of spaces.entries()) {
        assert.strictEqual(one.start % 64, 0)
        assert.isAtMost(one.end + 64, block + size)
        for (const other of spaces.slice(at + 1)) {
          const together = one.from <= other.to && other.from <= one.to
          if (together) assert.isTrue(one.end <= other.start || other.end <= one.start, `seed ${seed}`)
        }
      }
    }
  })
})
