/** Programs of all statements and of the expressions that look at memory, for comparing emitters bit by bit. */
import * as B from "../../src/code/Build.ts"
import type { Expression, Phase, Program, Task } from "../../src/code/Code.ts"
import type { Arena } from "../../src/runtime/Executable.ts"
import { random } from "./CodePrograms.ts"

const length = 512

/** A program that fills `results` from `inputs`, both at addresses of this arena. */
export interface Sample {
  readonly program: Program
  readonly results: { readonly address: number; readonly words: number }
}

const fill = (arena: Arena, words: number): number => {
  const address = arena.allocate(4 * words)
  const draw = random(3)
  const memory = new Float32Array(arena.memory.buffer)
  for (let index = 0; index < words; index++) memory[address / 4 + index] = draw() / 2 ** 31 - 1
  return address
}

/** Bytes widened, stores of some lanes, branches, lanes in and out of vectors; through addresses from the table. */
export const memoryOperations = (arena: Arena, lanes: number): Sample => {
  const table = arena.allocate(64)
  const [from, to] = [fill(arena, length), arena.allocate(4 * length * 8)]
  new Uint32Array(arena.memory.buffer).set([from, to], table / 4)
  const task = B.task("DROP TABLE; */ #error", length / 16, 1e6, (locals, first, last) => {
    const [unit, source, target] = [locals.fresh("index"), locals.fresh("index"), locals.fresh("index")]
    const [lane, sum] = [locals.fresh("index"), locals.fresh("f32")]
    const value = locals.fresh("f32", lanes)
    const at = (row: number): readonly [Expression, number] => [B.get(target), row * 4 * length]
    const partial = Array.from({ length: lanes }, (_, count) => count + 1).map((count) =>
      B.store(...at(count % 4), B.get(value), count)
    )
    const whole = B.load("u8", lanes, B.get(source), 3)
    return [
      B.loop(unit, first, last, 1, [
        B.set(source, B.add(B.address(0), B.mul(B.get(unit), B.index(64)))),
        B.set(target, B.add(B.address(1), B.mul(B.get(unit), B.index(64)))),
        B.set(value, B.load("f32", lanes, B.get(source), 4)),
        ...partial,
        B.store(...at(4), whole),
        B.store(...at(5), whole, Math.max(1, lanes - 1)),
        B.set(sum, B.f32(0)),
        B.loop(lane, B.index(0), B.index(16), 3, [
          B.when(
            B.compare("lt", B.load("f32", 1, B.add(B.get(source), B.mul(B.get(lane), B.index(4)))), B.f32(0)),
            [B.set(sum, B.add(B.get(sum), B.extract(B.get(value), lanes - 1)))],
            [B.set(sum, B.mul(B.get(sum), B.convert("f32", B.load("u8", 1, B.get(source), 2))))]
          )
        ]),
        B.store(...at(6), B.pack(Array.from({ length: lanes }, (_, l) => B.mul(B.get(sum), B.f32(l))))),
        B.store(...at(7), B.splat(B.convert("i32", B.get(unit)), lanes))
      ])
    ]
  })
  const placements = [0, 1].map((entry) => ({ _tag: "Bound", entry }) as const)
  return { program: { table, placements, phases: [{ tasks: [task] }] }, results: { address: to, words: length * 8 } }
}

/** Each phase reads what the other threads wrote in the one before; some are cut, some are too small for that. */
export const dependentPhases = (arena: Arena, lanes: number, phases = 40): Sample => {
  const rows = [fill(arena, 2 * length), arena.allocate(8 * length)] as const
  const draw = random(phases)
  const tasks = (phase: number): ReadonlyArray<Task> => {
    const [from, to] = phase % 2 === 0 ? rows : ([rows[1], rows[0]] as const)
    const shift = draw() % length
    const work = [100, 8_000, 1e6, 1e6][draw() % 4]!
    return [0, 1].map((half) =>
      B.task(`half ${half}`, length / 16, work, (locals, first, last) => {
        const at = locals.fresh("index")
        const own = B.add(B.get(at), B.index(half * 4 * length))
        // The other half, shifted and wrapped around: elements of every thread.
        const other = B.and(B.add(own, B.index(4 * (length + (shift & ~15)))), B.index(8 * length - 1))
        const value = B.fma(B.load("f32", lanes, own, from), B.f32(0.75, lanes), B.load("f32", lanes, other, from))
        const bounded = B.mul(value, B.f32(0.6, lanes))
        return [B.loop(at, B.mul(first, B.index(64)), B.mul(last, B.index(64)), 4 * lanes, [B.store(own, to, bounded)])]
      })
    )
  }
  const made = Array.from({ length: phases }, (_, phase): Phase => ({ tasks: tasks(phase) }))
  return { program: { table: 0, placements: [], phases: made }, results: { address: rows[0], words: 2 * length } }
}

/** The words of a sample's results. */
export const resultsOf = (arena: Arena, { results }: Sample): Int32Array =>
  new Int32Array(arena.memory.buffer).slice(results.address / 4, results.address / 4 + results.words)
