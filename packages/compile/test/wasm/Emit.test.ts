import { describe, expect, it } from "@effect/vitest"
import loadWabt from "wabt"
import * as Arena from "../../src/runtime/Arena.ts"
import * as WebAssembly from "../../src/runtime/WebAssembly.ts"
import { emit } from "../../src/wasm/Emit.ts"
import type { Level } from "../../src/wasm/Level.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import { both, setting } from "../support/Comparison.ts"
import * as Drawn from "../support/DrawnCode.ts"

const levels: ReadonlyArray<Level> = ["fused", "split", "scalar"]
const drawing = (seed: number) => ({ seed, units: 13, tasks: 3, phases: 2, work: 100 })

describe.each(levels)("WebAssembly, %s", (level) => {
  it("gives the bits of the interpreter for drawn programs", () => {
    const arena = Arena.make({ shared: false })
    const place = setting(arena, 65_536, 7)
    const emitter = WasmEmitter.makeSingle({ arena, level })
    for (let seed = 0; seed < 300; seed++) {
      const { emitted, interpreted } = both(place, arena, emitter, drawing(seed))
      expect(emitted, `seed ${seed}`).toStrictEqual(interpreted)
    }
  })

  it("is read and written again by wabt byte for byte, and is valid", async () => {
    const wabt = await loadWabt()
    const features = { simd: true, relaxed_simd: true, threads: true, sat_float_to_int: true }
    const arena = Arena.make({ shared: false })
    const { placements, table } = setting(arena, 65_536, 7)
    for (let seed = 0; seed < 30; seed++) {
      const lanes = level === "scalar" ? 1 : 4
      const program = Drawn.program({ ...drawing(seed), lanes, split: false, work: 1e6 }, placements, table)
      for (const threads of [1, 3]) {
        const { bytes } = emit(program, { level, threads, shared: threads > 1, control: 64 })
        expect(WebAssembly.validate(bytes)).toBe(true)
        const read = wabt.readWasm(bytes, { readDebugNames: true, ...features })
        // Its validator knows no shared memory.
        if (threads === 1) read.validate()
        const text = read.toText({})
        expect(text).toContain("func $task0")
        const again = wabt.parseWat("again.wat", text, features)
        const { buffer } = again.toBinary({})
        // Names come last, and aren't written again.
        expect(bytes.subarray(0, buffer.length)).toStrictEqual(buffer)
        for (const module of [read, again]) module.destroy()
      }
    }
  })
})
