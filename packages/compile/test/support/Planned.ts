/** Runs whole plans by an emitter, from and to plain arrays. */
import type { Target } from "../../src/code/Code.ts"
import type { Values } from "../../src/plan/Evaluate.ts"
import type { Buffer, Plan } from "../../src/plan/Plan.ts"
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

/** The outputs of a plan without foreign nodes. */
export const run = (
  plan: Plan,
  inputs: ReadonlyArray<ArrayLike<number>>,
  arena: Arena,
  emitter: Emitter
): ReadonlyArray<Values> => {
  const placed = Place.place(plan, arena.allocate)
  const blocks = plan.buffers.map((buffer) => bind(arena, buffer))
  // Memory may have grown, but grows no more from here on.
  const memory = arena.memory.buffer
  for (const { address, bytes } of placed.constants) new Uint8Array(memory).set(bytes, address)
  const table = new Uint32Array(memory, placed.table, placed.entries)
  const bound = (buffer: number, entry: number) => {
    const address = blocks[buffer]!
    new Uint8Array(memory, address - 64, bytesOf(plan.buffers[buffer]!) + 128).fill(fence)
    table[entry] = address
    return address
  }
  const inputAddresses = plan.inputs.map(({ buffer }, index) => bound(buffer, placed.inputs[index]!))
  for (const [index, { buffer }] of plan.inputs.entries()) {
    viewOf(memory, plan.buffers[buffer]!, inputAddresses[index]!).set(inputs[index]!)
  }
  const addresses: Array<number> = []
  for (const [index, place] of placed.outputs.entries()) {
    const { buffer } = plan.outputs[index]!
    addresses.push(
      place._tag === "Entry"
        ? bound(buffer, place.entry)
        : place._tag === "Constant"
          ? place.address
          : place._tag === "Input"
            ? inputAddresses[place.index]!
            : addresses[place.index]!
    )
  }
  for (const part of Schedule.make(plan, placed, emitter.target)) {
    if (Schedule.isForeign(part)) throw new Error(`the plan calls ${part.kernel}`)
    const executable = emitter.make(part)
    executable.run()
    executable.release()
  }
  return plan.outputs.map(({ buffer }, index) => {
    const one = plan.buffers[buffer]!
    if (placed.outputs[index]!._tag === "Entry") checkFences(arena, one, addresses[index]!)
    return viewOf(memory, one, addresses[index]!).slice()
  })
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
