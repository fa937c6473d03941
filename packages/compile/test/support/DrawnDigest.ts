/** Runs drawn programs and gives one number for all that they wrote: the same in Node, in pages and in their workers. */
import * as Effect from "effect/Effect"
import * as Arena from "../../src/runtime/Arena.ts"
import { detect, type Level } from "../../src/wasm/Level.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import { both, setting } from "./Comparison.ts"

export interface Digest {
  readonly level: Level
  /** FNV-1a of the words of all programs, in hexadecimal. */
  readonly hash: string
  /** Whether the interpreter, in the same engine, wrote the same. */
  readonly asInterpreted: boolean
}

const prime = 0x01000193

const programs = Effect.fnUntraced(function* (threads: number, level: Level) {
  const arena = Arena.make({ shared: threads > 1 })
  const emitter = yield* WasmEmitter.make({ threads, arena, level })
  const place = setting(arena, 65_536, 11)
  let hash = 0x811c9dc5 | 0
  let asInterpreted = true
  for (let seed = 0; seed < 40; seed++) {
    const drawing = { seed, units: 1 + (seed % 9), tasks: 1 + (seed % 4), phases: 1 + (seed % 3), work: 1e6 }
    const { emitted, interpreted } = both(place, arena, emitter, drawing)
    for (const word of emitted) hash = Math.imul(hash ^ word, prime)
    asInterpreted &&= emitted.every((word, at) => word === interpreted[at])
  }
  return { level, hash: (hash >>> 0).toString(16), asInterpreted }
})

/** At the best level that the engine has, unless another is given. */
export const digest = (threads: number, level: Level = detect()): Promise<Digest> =>
  Effect.runPromise(Effect.scoped(programs(threads, level)))
