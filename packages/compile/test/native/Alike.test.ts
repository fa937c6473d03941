/** Tasks that differ only in where their data lie are one function of native code. */
import { assert, describe, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import { emit } from "../../src/native/Emit.ts"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import { functions } from "../../src/native/source/Alike.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Buffer, Node, Plan } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as Place from "../../src/schedule/Place.ts"
import * as Schedule from "../../src/schedule/Schedule.ts"
import * as Drawn from "../support/Drawn.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Planned from "../support/Planned.ts"
import * as Sharing from "../support/Sharing.ts"

const size = 48
/** Two inputs, temporaries, two outputs. */
const count = 12

const along = (buffer: number) => ({ buffer, offset: 0, strides: [1] })
const read = (buffer: number) => S.read("f32", along(buffer))
const tensor = (buffer: number) => ({ buffer, shape: [size], dtype: "float32" }) as const

const placeOf = (id: number): Buffer["place"] => {
  if (id < 2) return { _tag: "Input", index: id }
  return id < count - 2 ? { _tag: "Temporary" } : { _tag: "Output", index: id - count + 2 }
}

/** Each buffer but the inputs is `a · b + a`, of two that are drawn among those before. */
const chain = (draw: Drawn.Draw): Plan => ({
  buffers: Array.from({ length: count }, (_, id) => ({ id, type: "f32", size, place: placeOf(id) })),
  nodes: Array.from({ length: count - 2 }, (_, at): Node => {
    const [a, b] = [draw.below(Math.min(at + 2, count - 2)), draw.below(Math.min(at + 2, count - 2))]
    const value = S.add(S.mul(read(a), read(b)), read(a))
    return { _tag: "Map", shape: [size], writes: [{ access: along(at + 2), value }] }
  }),
  inputs: [tensor(0), tensor(1)],
  outputs: [tensor(count - 2), tensor(count - 1)]
})

const target = { lanes: 16, registers: 32 }

const programOf = (plan: Plan) => {
  const placed = Place.place(plan, () => 4096)
  const part = element(Schedule.make(plan, placed, target), 0)
  if (Schedule.isForeign(part)) throw new Error("expected code")
  return part
}

describe("tasks that differ in addresses only", () => {
  it("are one function, which has a parameter for each address that moves by itself", () => {
    const program = programOf(chain(Drawn.draw(1)))
    const tasks = program.phases.flatMap((phase) => phase.tasks)
    const { sources, calls } = functions(program, target.lanes, 0)
    assert.isBelow(sources.length, tasks.length)
    for (const task of tasks) assert.isAtMost(calls.get(task)?.further.length ?? Number.NaN, 3)
  })

  it("have no parameters where each is like no other", () => {
    const node = (at: number): Node => {
      const value = S.add(read(0), S.f32(at))
      return { _tag: "Map", shape: [size], writes: [{ access: along(at), value }] }
    }
    const plan: Plan = { ...chain(Drawn.draw(1)), nodes: Array.from({ length: 10 }, (_, at) => node(at + 2)) }
    const { calls } = functions(programOf(plan), target.lanes, 0)
    for (const { further } of calls.values()) assert.deepStrictEqual(further, [])
  })

  it("leave no mark in the text", () => {
    assert.notMatch(emit([programOf(chain(Drawn.draw(1)))], target), /@/)
  })
})

describe.skipIf(unavailable !== undefined)("native code of tasks that are alike", () => {
  it.effect("has the bits that each means, wherever its data lie", () =>
    Effect.gen(function* () {
      const arena = Arena.make({ shared: true })
      const emitter = Sharing.all(yield* NativeEmitter.make({ arena, threads: 2, cache }))
      const inputs = [1, 2].map((by) => Float32Array.from({ length: size }, (_, at) => Math.sin(by * at) / 2))
      for (const seed of [1, 2, 3]) {
        const plan = chain(Drawn.draw(seed))
        assert.deepStrictEqual(Planned.run(plan, inputs, arena, emitter), interpret(plan, inputs), `seed ${seed}`)
      }
    })
  )
})
