/** Code that a compiler's optimizers are known to break without the flags that `Build.ts` gives it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Buffer, Node, Plan } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Planned from "../support/Planned.ts"
import * as Sharing from "../support/Sharing.ts"

const size = 16
const temporaries = [1, 2, 3, 4, 5, 6, 7]

const access = (buffer: number, stride: number) => ({ buffer, offset: 0, strides: [stride, 1] })
const read = (buffer: number, stride: number) => S.read("f32", access(buffer, stride))
const along = (buffer: number) => ({ buffer, offset: 0, strides: [1] })

/** From the input into temporaries, whose addresses are known; rows of two of them, at several distances; and their sums. */
const rows = (): Plan => {
  const place = (id: number): Buffer["place"] =>
    id === 0 ? { _tag: "Input", index: 0 } : id === 8 ? { _tag: "Output", index: 0 } : { _tag: "Temporary" }
  const sum = S.add(read(1, 6), read(2, 4))
  const blend = S.add(S.mul(sum, read(3, 2)), S.mul(S.sub(S.f32(1), sum), read(4, 2)))
  const copy = (buffer: number): Node => {
    const value = S.mul(S.read("f32", along(0)), S.f32(buffer))
    return { _tag: "Map", shape: [size], writes: [{ access: along(buffer), value }] }
  }
  const tensor = (buffer: number) => ({ buffer, shape: [size], dtype: "float32" }) as const
  const writes = [
    { access: access(6, 2), value: S.mul(blend, read(5, 2)) },
    { access: access(7, 8), value: blend }
  ]
  const value = S.add(S.read("f32", along(6)), S.read("f32", along(7)))
  return {
    buffers: [0, ...temporaries, 8].map((id) => ({ id, type: "f32", size, place: place(id) })),
    nodes: [
      ...temporaries.map(copy),
      { _tag: "Map", shape: [2, 2], writes },
      { _tag: "Map", shape: [size], writes: [{ access: along(8), value }] }
    ],
    inputs: [tensor(0)],
    outputs: [tensor(8)]
  }
}

describe.skipIf(unavailable !== undefined)("native code", () => {
  // GCC 12 left the calls of each piece out.
  it.effect("does all pieces of a task whose rows lie at odd distances", () =>
    Effect.gen(function* () {
      const arena = Arena.make({ shared: true })
      const emitter = Sharing.all(yield* NativeEmitter.make({ arena, threads: 1, cache }))
      const inputs = [Float32Array.from({ length: size }, (_, at) => (at + 1) / 8)]
      assert.deepStrictEqual(Planned.run(rows(), inputs, arena, emitter), interpret(rows(), inputs))
    })
  )
})
