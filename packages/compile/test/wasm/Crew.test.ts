import { spawnSync } from "node:child_process"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Code from "../../src/code/Build.ts"
import type { Program, Task } from "../../src/code/Code.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import { both, setting } from "../support/Comparison.ts"

const started = (threads: number, patience?: number) => {
  const arena = Arena.make({ shared: true })
  const options = patience === undefined ? { threads, arena } : { threads, arena, patience }
  return Effect.map(WasmEmitter.make(options), (emitter) => ({ arena, emitter }))
}

/** Adds 1 to each of `units` numbers, in phases. */
const counting = (arena: Arena.MeasuredArena, units: number, phases: number) => {
  const address = arena.allocate(4 * units)
  const table = arena.allocate(4)
  const task = Code.task("count", units, 1e6, (locals, first, last) => {
    const unit = locals.fresh("index")
    const at = Code.add(Code.address(0), Code.mul(Code.get(unit), Code.index(4)))
    return [Code.loop(unit, first, last, 1, [Code.store(at, 0, Code.add(Code.load("i32", 1, at), Code.i32(1)))])]
  })
  const program: Program = {
    table,
    placements: [{ _tag: "Fixed", address }],
    phases: Array.from({ length: phases }, () => ({ tasks: [task] }))
  }
  return { program, counts: () => new Int32Array(arena.memory.buffer, address, units) }
}

const one = (arena: Arena.MeasuredArena, task: Task): Program => ({
  table: arena.allocate(4),
  placements: [{ _tag: "Fixed", address: arena.allocate(64) }],
  phases: [{ tasks: [task] }]
})

/** The last of four units divides by 0, which no thread but the last does. */
const trapping = Code.task("trap", 4, 1e6, (locals, first, last) => {
  const unit = locals.fresh("index")
  const quotient = Code.div(Code.get(unit), Code.sub(Code.index(3), Code.get(unit)))
  return [Code.loop(unit, first, last, 1, [Code.store(Code.address(0), 0, Code.convert("i32", quotient))])]
})

/** The last of four units takes a minute. */
const lasting = Code.task("last", 4, 1e6, (locals, first, last) => {
  const [unit, turn] = [locals.fresh("index"), locals.fresh("index")]
  const sum = Code.add(Code.load("i32", 1, Code.address(0)), Code.i32(1))
  const turns = Code.select(Code.compare("eq", Code.get(unit), Code.index(3)), Code.index(2 ** 31 - 2), Code.index(1))
  return [
    Code.loop(unit, first, last, 1, [Code.loop(turn, Code.index(0), turns, 1, [Code.store(Code.address(0), 0, sum)])])
  ]
})

describe("a crew", () => {
  for (const threads of [2, 3]) {
    it.effect(`of ${threads} threads gives the bits of the interpreter`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { arena, emitter } = yield* started(threads)
          const place = setting(arena, 65_536, 11)
          for (let seed = 0; seed < 100; seed++) {
            const drawing = {
              seed,
              units: 1 + (seed % 9),
              tasks: 1 + (seed % 5),
              phases: 1 + (seed % 3),
              work: 2 ** (seed % 20)
            }
            const { emitted, interpreted } = both(place, arena, emitter, drawing)
            expect(emitted, `seed ${seed}`).toStrictEqual(interpreted)
          }
        })
      )
    )
  }

  it.effect("does every unit of every phase once, call after call, also after memory has grown", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { arena, emitter } = yield* started(3)
        const { program, counts } = counting(arena, 1000, 5)
        const executable = emitter.make(program)
        for (let call = 0; call < 100; call++) executable.run()
        arena.allocate(2 ** 24)
        for (let call = 0; call < 100; call++) executable.run()
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
        executable.run()
        expect([...new Set(counts())]).toStrictEqual([5 * 201])
      })
    )
  )

  it.effect("takes programs while it runs others, and lets them go", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { arena, emitter } = yield* started(2)
        const programs = Array.from({ length: 5 }, () => counting(arena, 100, 2))
        const executables = programs.map(({ program }) => emitter.make(program))
        for (const each of [...executables, ...executables.toReversed()]) each.run()
        for (const each of executables) each.release()
        expect(programs.map(({ counts }) => counts()[99])).toStrictEqual([4, 4, 4, 4, 4])
      })
    )
  )

  it.effect("fails, and doesn't wait, when a thread of it does, and from then on", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { arena, emitter } = yield* started(2)
        const executable = emitter.make(one(arena, trapping))
        const expected =
          "A thread of the compiled step failed: RuntimeError: divide by zero. Its results were not used. Resume from the " +
          "last checkpoint, with one thread if it happens again, and report it."
        expect(() => executable.run()).toThrow(expected)
        const { program } = counting(arena, 100, 2)
        const another = emitter.make(program)
        expect(() => another.run()).toThrow(expected)
      })
    )
  )

  it.effect("fails when nothing is heard of a thread", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { arena, emitter } = yield* started(2, 200)
        const executable = emitter.make(one(arena, lasting))
        expect(() => executable.run()).toThrow("nothing was heard of it for 0.2 s")
      })
    )
  )

  for (const [how, code] of [
    ["return", 0],
    ["exit", 3]
  ] as const) {
    it(`lets a program end that has not closed it (${how})`, () => {
      const program = new URL("../support/crewProgram.ts", import.meta.url).pathname
      const flags = ["--conditions=@etude/source", program, how]
      const { status, stdout, stderr } = spawnSync(process.execPath, flags, { timeout: 50_000, encoding: "utf8" })
      expect({ status, stdout, stderr }).toStrictEqual({ status: code, stdout: "equal", stderr: "" })
    })
  }

  it.effect("ends with its scope, and refuses calls after that", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { arena, emitter } = yield* Scope.provide(started(2), scope)
      const executable = emitter.make(counting(arena, 100, 2).program)
      executable.run()
      yield* Scope.close(scope, Exit.void)
      expect(() => executable.run()).toThrow("A thread of the compiled step failed: its executor was closed.")
    })
  )
})
