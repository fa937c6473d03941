import { expect, it } from "@effect/vitest"
import * as Code from "../../src/code/Build.ts"
import type { Program } from "../../src/code/Code.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"

const values = [Number.NaN, -0, 0, -1, 2, 1e-45, Infinity, -Infinity]
const constants = [0, -0, 1, -1e-45, Infinity, Number.NaN]

it("the lesser and greater of a vector and a constant know NaN and the sign of 0", () => {
  const arena = Arena.make({ shared: false })
  const [read, written] = [arena.allocate(4 * values.length), arena.allocate(1024)]
  const names = ["min", "max"] as const
  const stores = constants.flatMap((constant, row) =>
    names.flatMap((name, column) =>
      [0, 16].map((offset) => {
        const vector = Code.load("f32", 4, Code.address(0), offset)
        return Code.store(
          Code.address(1),
          (2 * row + column) * 32 + offset,
          Code.binary(name, Code.f32(constant, 4), vector)
        )
      })
    )
  )
  const program: Program = {
    table: arena.allocate(64),
    placements: [read, written].map((address) => ({ _tag: "Fixed", address })),
    phases: [{ tasks: [Code.task("extremes", 1, 1, () => stores)] }]
  }
  new Float32Array(arena.memory.buffer, read).set(values)
  WasmEmitter.makeSingle({ arena }).make(program).run()
  const found = new Float32Array(arena.memory.buffer, written)
  for (const [row, constant] of constants.entries()) {
    for (const [at, value] of values.entries()) {
      const [least, greatest] = [found[2 * row * 8 + at], found[(2 * row + 1) * 8 + at]]
      expect([value, constant, least, greatest]).toStrictEqual([
        value,
        constant,
        Math.fround(Math.min(value, constant)),
        Math.fround(Math.max(value, constant))
      ])
    }
  }
})
