import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Target } from "../../src/code/Code.ts"
import { emit } from "../../src/native/Emit.ts"
import { make } from "../../src/native/NativeEmitter.ts"
import type { Arena } from "../../src/runtime/Executable.ts"
import * as WebAssembly from "../../src/runtime/WebAssembly.ts"
import * as CodeInterpreter from "../support/CodeInterpreter.ts"
import { dependentPhases, memoryOperations, resultsOf, type Sample } from "../support/CodeShapes.ts"
import { cache, unavailable } from "../support/nativeCode.ts"

type MakeSample = (arena: Arena, lanes: number) => Sample

const samples: Record<string, MakeSample> = {
  "memory operations": memoryOperations,
  "dependent phases": dependentPhases
}

const expected = (makeSample: MakeSample, target: Target, runs: number): Int32Array => {
  const arena = CodeInterpreter.arena()
  const sample = makeSample(arena, target.lanes)
  const executable = CodeInterpreter.make({ arena, target, threads: 2 }).make(sample.program)
  for (let run = 0; run < runs; run++) executable.run()
  return resultsOf(arena, sample)
}

/** An arena whose memory can grow. */
const growing = (shared: boolean): Arena => {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 2000, shared })
  let top = 1024
  const allocate = (bytes: number) => {
    top += Math.ceil(bytes / 64) * 64 + 64
    return top - Math.ceil(bytes / 64) * 64 - 64
  }
  return { memory, allocate, free: () => undefined }
}

describe.skipIf(unavailable !== undefined)("programs in native code", () => {
  for (const [name, makeSample] of Object.entries(samples)) {
    for (const machine of [undefined, ["-march=native", "-DETUDE_PLAIN"]]) {
      for (const threads of [1, 2, 3]) {
        it.effect(
          `give what plain JavaScript gives: ${name}, ${machine ? "plain C" : "vectors"}, threads: ${threads}`,
          () =>
            Effect.gen(function* () {
              const arena = CodeInterpreter.arena()
              const emitter = yield* make({ arena, threads, cache, ...(machine && { machine }) })
              const sample = makeSample(arena, emitter.target.lanes)
              const executable = emitter.make(sample.program)
              for (let run = 0; run < 20; run++) executable.run()
              executable.release()
              assert.deepStrictEqual(resultsOf(arena, sample), expected(makeSample, emitter.target, 20))
            })
        )
      }
    }
  }

  for (const shared of [true, false]) {
    it.effect(`work on memory that has grown, ${shared ? "shared" : "of one thread"}`, () =>
      Effect.gen(function* () {
        const arena = growing(shared)
        const emitter = yield* make({ arena, threads: 2, cache })
        const sample = dependentPhases(arena, emitter.target.lanes)
        const executable = emitter.make(sample.program)
        for (let run = 0; run < 20; run++) {
          executable.run()
          arena.memory.grow(50)
        }
        executable.release()
        assert.deepStrictEqual(resultsOf(arena, sample), expected(dependentPhases, emitter.target, 20))
      })
    )
  }

  it.effect("sleep, wake, end with their last user, and refuse to run afterwards", () =>
    Effect.gen(function* () {
      const arena = CodeInterpreter.arena()
      const emitter = yield* make({ arena, threads: 3, cache })
      const sample = dependentPhases(arena, emitter.target.lanes)
      const [one, two] = [emitter.make(sample.program), emitter.make(sample.program)]
      for (let run = 0; run < 10; run++) {
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
        ;(run % 2 === 0 ? one : two).run()
      }
      one.release()
      one.release()
      assert.throws(() => one.run(), "the compiled program was released")
      two.run()
      two.release()
      assert.deepStrictEqual(resultsOf(arena, sample), expected(dependentPhases, emitter.target, 11))
    })
  )
})

describe("the text of native code", () => {
  it("has no name in it that comes from outside", () => {
    const { program } = memoryOperations(CodeInterpreter.arena(), 8)
    assert.notInclude(emit([program], { lanes: 8, registers: 16 }), "DROP")
  })

  it("follows from the program and the target alone", () => {
    const text = () => emit([dependentPhases(CodeInterpreter.arena(), 8).program], { lanes: 8, registers: 16 })
    assert.strictEqual(text(), text())
  })

  it("is refused for vectors of other lanes, and for locals that nobody declared", () => {
    const { program } = dependentPhases(CodeInterpreter.arena(), 16)
    assert.throws(() => emit([program], { lanes: 8, registers: 16 }), "there are no vectors of 16 lanes")
    assert.throws(() => emit([program], { lanes: 3, registers: 16 }), "there are no vectors of 3 lanes")
    const [phase] = program.phases
    const tasks = phase!.tasks.map((task) => ({ ...task, locals: [] }))
    assert.throws(() => emit([{ ...program, phases: [{ tasks }] }], { lanes: 16, registers: 32 }), "does not declare")
  })
})
