import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NativeCompiler from "../../src/native/NativeCompiler.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as CodeInterpreter from "./CodeInterpreter.ts"
import { canonical, setting } from "./Comparison.ts"
import * as Drawn from "./DrawnCode.ts"
import { cache, unavailable } from "./nativeCode.ts"

const drawing = (seed: number, lanes: number): Drawn.Drawing => ({
  seed,
  lanes,
  units: 13,
  tasks: 3,
  phases: 2,
  work: seed % 2 === 0 ? 100 : 1e6,
  split: false
})

/** Programs of so many seeds, on all kinds of vectors that this machine has. They are one addon: a compiler takes longest to start. */
export const drawnPrograms = (first: number, count: number) =>
  describe.skipIf(unavailable !== undefined)("drawn programs in native code", () => {
    const seeds = Array.from({ length: count }, (_, index) => first + index)
    for (const [name, machine] of Object.entries({
      "this processor": undefined,
      AVX2: ["-march=x86-64-v3"],
      "plain C": ["-march=native", "-DETUDE_PLAIN"]
    })) {
      it.effect.skipIf(name === "AVX2" && process.arch !== "x64")(`give the bits of the interpreter, ${name}`, () =>
        Effect.gen(function* () {
          const arena = Arena.make({ shared: true })
          const place = setting(arena, 65_536, 7)
          const compiler = yield* NativeCompiler.find({ cache, ...(machine && { machine }) })
          const { target } = compiler
          const programs = seeds.map((seed) =>
            Drawn.program(drawing(seed, target.lanes), place.placements, place.table)
          )
          const interpreter = CodeInterpreter.make({ arena, target })
          const size = Drawn.writtenSize(drawing(0, target.lanes))
          const written = (run: () => void): Int32Array => {
            new Uint8Array(arena.memory.buffer, place.written, size).fill(0xa5)
            run()
            return canonical(new DataView(arena.memory.buffer, place.written), size)
          }
          const interpreted = programs.map((program) => written(interpreter.make(program).run))
          for (const threads of [1, 2, 3]) {
            const executables = yield* compiler.compile(programs, arena.memory, threads)
            executables.forEach(({ run }, index) => {
              expect(written(run), `seed ${seeds[index]}, threads: ${threads}`).toStrictEqual(interpreted[index])
            })
            for (const { release } of executables) release()
          }
        })
      )
    }
  })
