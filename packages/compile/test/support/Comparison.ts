/** Runs a drawn program by an emitter and by the interpreter, and compares what they wrote. */
import type { Placement } from "../../src/code/Code.ts"
import type { Arena, Emitter } from "../../src/runtime/Executable.ts"
import * as CodeInterpreter from "./CodeInterpreter.ts"
import * as Drawn from "./DrawnCode.ts"

export interface Setting {
  readonly placements: ReadonlyArray<Placement>
  readonly table: number
  readonly written: number
}

/** Buffers for drawn programs: some have their place, others are bound. */
export const setting = (arena: Arena, largest: number, seed: number): Setting => {
  const table = arena.allocate(64)
  const [floats, integers, bytes] = [arena.allocate(2048), arena.allocate(2048), arena.allocate(512)]
  const written = arena.allocate(largest)
  const view = new DataView(arena.memory.buffer)
  // Reads of drawn programs reach one element before a buffer.
  Drawn.fill(view, Drawn.random(seed), { floats: floats + 64, integers: integers + 64, bytes: bytes + 64 })
  view.setUint32(table, integers + 64, true)
  view.setUint32(table + 4, written, true)
  return {
    table,
    written,
    placements: [
      { _tag: "Fixed", address: floats + 64 },
      { _tag: "Bound", entry: 0 },
      { _tag: "Fixed", address: bytes + 64 },
      { _tag: "Bound", entry: 1 }
    ]
  }
}

/** All NaNs as one: which bits they have is the engine's affair. */
export const canonical = (bytes: DataView, size: number): Int32Array => {
  const words = Int32Array.from({ length: size / 4 }, (_, at) => bytes.getInt32(4 * at, true))
  return words.map((word) => ((word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word))
}

/** The words that both wrote; `-0x5a5a5a5b`, where nothing was. */
export const both = (
  { placements, table, written }: Setting,
  arena: Arena,
  emitter: Emitter,
  drawing: Omit<Drawn.Drawing, "lanes" | "split">
): { readonly emitted: Int32Array; readonly interpreted: Int32Array } => {
  const size = Drawn.writtenSize({ ...drawing, lanes: 4, split: false })
  const complete = { ...drawing, lanes: emitter.target.lanes, split: emitter.arithmetic === "split" }
  const program = Drawn.program(complete, placements, table)
  const interpreter = CodeInterpreter.make({ arena, target: emitter.target })
  const of = (by: Emitter): Int32Array => {
    new Uint8Array(arena.memory.buffer, written, size).fill(0xa5)
    const executable = by.make(program)
    executable.run()
    executable.release()
    return canonical(new DataView(arena.memory.buffer, written), size)
  }
  return { interpreted: of(interpreter), emitted: of(emitter) }
}
