import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { make } from "../../src/native/NativeEmitter.ts"
import * as CodeInterpreter from "../support/CodeInterpreter.ts"
import * as CodePrograms from "../support/CodePrograms.ts"
import { cache, unavailable } from "../support/nativeCode.ts"

const expected = (lanes: number): ReadonlyMap<string, Int32Array> => {
  const arena = CodeInterpreter.arena()
  const emitter = CodeInterpreter.make({ arena, target: { lanes, registers: 16 } })
  return CodePrograms.bitsOf(emitter, arena, lanes)
}

/** Processors by their option to the compiler; the last one is C without a machine's own instructions for vectors. */
const machines: Record<string, { readonly machine?: ReadonlyArray<string> }> = {
  "this processor": {},
  AVX2: { machine: ["-march=x86-64-v3"] },
  "plain C": { machine: ["-march=native", "-DETUDE_PLAIN"] }
}

describe.skipIf(unavailable !== undefined)("operations in native code have the bits of plain JavaScript", () => {
  for (const [name, options] of Object.entries(machines)) {
    for (const vectors of [true, false]) {
      for (const threads of vectors ? [1, 2, 3] : [1]) {
        it.effect.skipIf(name === "AVX2" && process.arch !== "x64")(
          `${name}, ${vectors ? "vectors" : "scalars"}, threads: ${threads}`,
          () =>
            Effect.gen(function* () {
              const arena = CodeInterpreter.arena()
              const emitter = yield* make({ arena, threads, cache, ...options })
              const lanes = vectors ? emitter.target.lanes : 1
              const found = CodePrograms.bitsOf(emitter, arena, lanes)
              for (const [operation, bits] of expected(lanes)) {
                const differing = bits.findIndex((value, index) => found.get(operation)![index] !== value)
                assert.strictEqual(
                  differing,
                  -1,
                  `${operation}: ${found.get(operation)![differing]}, not ${bits[differing]}`
                )
              }
            })
        )
      }
    }
  }
})
