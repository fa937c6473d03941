/** Runs whole plans by an emitter, from and to plain arrays. */
import type { Target } from "../../src/code/Code.ts"
import type { Values } from "../../src/plan/Evaluate.ts"
import type { RunForeign } from "../../src/plan/Interpret.ts"
import type { Buffer, Foreign, Plan } from "../../src/plan/Plan.ts"
import type { Arena, Emitter } from "../../src/runtime/Executable.ts"
import * as Place from "../../src/schedule/Place.ts"
import * as Schedule from "../../src/schedule/Schedule.ts"
import * as CodeInterpreter from "./CodeInterpreter.ts"

const viewOf = (memory: ArrayBufferLike, { type, size }: Buffer, address: number): Values =>
  type === "f32"
    ? new Float32Array(memory, address, size)
    : type === "i32"
      ? new Int32Array(memory, address, size)
      : new Uint8Array(memory, address, size)

/** What lies around a buffer, to see that nobody writes there. */
const fence = 0x5a

const bytesOf = ({ type, size }: Buffer): number => size * (type === "u8" ? 1 : 4)

/** Room for a buffer between fences, at an address of its own. */
const bind = (arena: Arena, buffer: Buffer): number => arena.allocate(bytesOf(buffer) + 128) + 64

const checkFences = (arena: Arena, buffer: Buffer, address: number): void => {
  const bytes = bytesOf(buffer)
  const around = [
    ...new Uint8Array(arena.memory.buffer, address - 64, 64),
    ...new Uint8Array(arena.memory.buffer, address + bytes, 64)
  ]
  if (around.some((byte) => byte !== fence)) throw new Error(`something was written around buffer ${buffer.id}`)
}

/** A plan that has been placed, with its constants, its table and its inputs in memory. */
export interface Laid {
  readonly placed: Place.Placed
  readonly memory: ArrayBufferLike
  /** Where a buffer's first element is. */
  readonly addressOf: (buffer: number) => number
  readonly valuesOf: (buffer: number) => Values
  /** Throws where something was written around an output. */
  readonly outputs: () => ReadonlyArray<Values>
}

/** `fill`: what every byte of temporaries is before the first phase; whatever it was when absent. */
export const lay = (
  plan: Plan,
  inputs: ReadonlyArray<ArrayLike<number>>,
  arena: Arena,
  { fill }: { readonly fill?: number } = {}
): Laid => {
  const placed = Place.place(plan, arena.allocate)
  const blocks = plan.buffers.map((buffer) => (buffer.place._tag === "Temporary" ? 0 : bind(arena, buffer)))
  // Memory may have grown, but grows no more from here on.
  const memory = arena.memory.buffer
  if (fill !== undefined) new Uint8Array(memory, placed.block, placed.size).fill(fill)
  for (const { address, bytes } of placed.constants) new Uint8Array(memory).set(bytes, address)
  const table = new Uint32Array(memory, placed.table, placed.entries)
  const addressOf = (buffer: number): number => {
    const placement = placed.placements[buffer]!
    return placement._tag === "Fixed" ? placement.address : table[placement.entry]!
  }
  const valuesOf = (buffer: number) => viewOf(memory, plan.buffers[buffer]!, addressOf(buffer))
  const bound = (buffer: number, entry: number) => {
    const address = blocks[buffer]!
    new Uint8Array(memory, address - 64, bytesOf(plan.buffers[buffer]!) + 128).fill(fence)
    table[entry] = address
  }
  for (const [index, { buffer }] of plan.inputs.entries()) {
    bound(buffer, placed.inputs[index]!)
    valuesOf(buffer).set(inputs[index]!)
  }
  for (const [index, place] of placed.outputs.entries()) {
    if (place._tag === "Entry") bound(plan.outputs[index]!.buffer, place.entry)
  }
  const outputs = () =>
    plan.outputs.map(({ buffer }, index) => {
      if (placed.outputs[index]!._tag === "Entry") checkFences(arena, plan.buffers[buffer]!, addressOf(buffer))
      return valuesOf(buffer).slice()
    })
  return { placed, memory, addressOf, valuesOf, outputs }
}

export const noForeign: RunForeign = ({ kernel }) => {
  throw new Error(`the plan calls ${kernel}`)
}

export const runForeign = (node: Foreign, { valuesOf }: Laid, foreign: RunForeign): void => {
  for (const [at, values] of foreign(node, valuesOf).entries()) valuesOf(node.outputs[at]!.buffer).set(values)
}

/** The outputs of a plan. */
export const run = (
  plan: Plan,
  inputs: ReadonlyArray<ArrayLike<number>>,
  arena: Arena,
  emitter: Emitter,
  foreign: RunForeign = noForeign
): ReadonlyArray<Values> => {
  const laid = lay(plan, inputs, arena)
  for (const part of Schedule.make(plan, laid.placed, emitter.target)) {
    if (Schedule.isForeign(part)) runForeign(part, laid, foreign)
    else {
      const executable = emitter.make(part)
      executable.run()
      executable.release()
    }
  }
  return laid.outputs()
}

export const targets: ReadonlyArray<Target> = [1, 4, 8, 16].map((lanes) => ({
  lanes,
  registers: lanes === 16 ? 32 : 16
}))

/** The outputs by code in plain JavaScript. */
export const interpreted = (
  plan: Plan,
  inputs: ReadonlyArray<ArrayLike<number>>,
  target: Target,
  threads: number
): ReadonlyArray<Values> => {
  const arena = CodeInterpreter.arena(32)
  return run(plan, inputs, arena, CodeInterpreter.make({ arena, target, threads }))
}

/** Bits, with one NaN for all. */
export const bitsOf = (values: Values): ReadonlyArray<number> =>
  values instanceof Float32Array
    ? Array.from(new Int32Array(values.buffer), (bits, at) => (Number.isNaN(values[at]) ? 0x7fc00000 : bits))
    : Array.from(values)
