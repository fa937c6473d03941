/**
 * A plan that has been placed and made into code, as a function from tensors to tensors. What is in the arena already is
 * bound where it lies; other inputs are copied there. Outputs are blocks of their own, given as handles.
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Placement } from "../code/Code.ts"
import type { Foreign, Plan } from "../plan/Plan.ts"
import type { DType } from "../record/Recording.ts"
import type { Executable } from "./Executable.ts"
import * as Kernels from "./Foreign.ts"
import type { Block, Handles } from "./Handles.ts"
import * as Trial from "./Trial.ts"

/** Where a plan's buffers are; `table` is the address of the entries of bound ones. */
export interface Placed {
  readonly table: number
  /** By buffer. */
  readonly placements: ReadonlyArray<Placement>
}

export interface Instance {
  /** Runs all parts. The caller owns the results, which are in the order of the plan's outputs. */
  readonly run: (inputs: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor>
  /** Backend kernels that are called between compiled parts, with the number of calls per run. */
  readonly foreign: ReadonlyMap<string, number>
  /**
   * Puts other code for the same plan, at the same places, in the place of what runs, after the next call: if both give the
   * same bits then.
   */
  readonly replace: (candidate: Trial.Candidate) => void
  readonly release: () => void
}

export interface Options {
  readonly plan: Plan
  readonly placed: Placed
  /** In the order in which they run. The instance releases what can be released. */
  readonly parts: ReadonlyArray<Executable | Foreign>
  readonly handles: Handles
  /** Gives back the memory of everything that has a fixed address, and the table. */
  readonly free: () => void
}

const isForeign = (part: Executable | Foreign): part is Foreign => "_tag" in part

const releaseCode = (parts: ReadonlyArray<Executable | Foreign>): void => {
  for (const part of parts) if (!isForeign(part)) part.release()
}

/** How an input reaches the address at which the program reads it. */
interface Entry {
  /** In the table; −1 where nothing reads the input. */
  readonly entry: number
  readonly dtype: DType
  readonly size: number
  /** Where data of other backends is copied to; allocated at the first copy. */
  copy: Block | undefined
  /** The data that the copy holds: data never changes, so it is copied once. */
  copied: object | undefined
}

const entryOf = ({ placements }: Placed, buffer: number): number => {
  const placement = placements[buffer]
  return placement?._tag === "Bound" ? placement.entry : -1
}

const entriesOf = ({ buffers, inputs }: Plan, placed: Placed): ReadonlyArray<Entry> =>
  inputs.map(({ buffer, dtype }) => {
    const { size, type } = buffers[buffer]!
    const held = type === "u8" ? "uint8" : dtype
    return { entry: entryOf(placed, buffer), dtype: held, size, copy: undefined, copied: undefined }
  })

/** The address of an input's data, which is copied into the arena if it isn't there yet. */
const addressOf = (handles: Handles, entry: Entry, { dataId }: tf.Tensor): number => {
  const block = handles.find(dataId)
  if (block?.dtype === entry.dtype) return block.address
  entry.copy ??= handles.allocate(entry.dtype, entry.size)
  if (entry.copied !== dataId) {
    const { views } = handles
    const values = tf.engine().readSync(dataId) as Float32Array
    if (entry.dtype === "uint8" && values.some((value) => value < 0 || value > 255))
      throw new Error("whole numbers were given where bytes were recorded")
    views.of(entry.dtype).set(values, views.index(entry.dtype, entry.copy.address))
    entry.copied = dataId
  }
  return entry.copy.address
}

/** How an output is produced at each call. */
type Give =
  | { readonly _tag: "Made"; readonly entry: number; readonly dtype: DType; readonly size: number }
  /** The same block as an earlier output. */
  | { readonly _tag: "Again"; readonly output: number }
  | { readonly _tag: "Input"; readonly index: number }
  | { readonly _tag: "Constant"; readonly block: Block }

const givesOf = ({ buffers, outputs }: Plan, placed: Placed, handles: Handles): ReadonlyArray<Give> =>
  outputs.map(({ buffer, dtype }, at): Give => {
    const { place, size } = buffers[buffer]!
    if (place._tag === "Input") return { _tag: "Input", index: place.index }
    if (place._tag === "Constant") {
      const block = handles.allocate(dtype, size)
      handles.views.of("uint8").set(place.bytes, block.address)
      return { _tag: "Constant", block }
    }
    const earlier = outputs.findIndex((other) => other.buffer === buffer)
    if (earlier < at) return { _tag: "Again", output: earlier }
    return { _tag: "Made", entry: entryOf(placed, buffer), dtype, size }
  })

/** Writes all constants that code reads to where they are placed. */
const writeConstants = ({ buffers }: Plan, { placements }: Placed, { views }: Handles): void => {
  for (const { id, place } of buffers) {
    const placement = placements[id]
    if (place._tag === "Constant" && placement?._tag === "Fixed") views.of("uint8").set(place.bytes, placement.address)
  }
}

/** Allocates blocks for all outputs that are produced, or for none. */
const blocksFor = (handles: Handles, gives: ReadonlyArray<Give>): ReadonlyArray<Block | undefined> => {
  const blocks: Array<Block | undefined> = []
  try {
    for (const give of gives) blocks.push(give._tag === "Made" ? handles.allocate(give.dtype, give.size) : undefined)
  } catch (error) {
    for (const block of blocks) if (block !== undefined) handles.release(block)
    throw error
  }
  return blocks
}

export const make = ({ plan, placed, parts: given, handles, free }: Options): Instance => {
  let parts = given
  let candidate: Trial.Candidate | undefined
  let isReleased = false
  const entries = entriesOf(plan, placed)
  const gives = givesOf(plan, placed, handles)
  const first = placed.table >>> 2
  // Reused at each call.
  const addresses = new Uint32Array(entries.length)
  writeConstants(plan, placed, handles)

  /** Writes the table. Memory may grow before that, so the array is fetched last. */
  const bind = (inputs: ReadonlyArray<tf.Tensor>, blocks: ReadonlyArray<Block | undefined>): void => {
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!
      if (entry.entry >= 0) addresses[index] = addressOf(handles, entry, inputs[index]!)
    }
    const words = handles.views.words()
    for (let index = 0; index < entries.length; index++) {
      const { entry } = entries[index]!
      if (entry >= 0) words[first + entry] = addresses[index]!
    }
    for (let at = 0; at < gives.length; at++) {
      const give = gives[at]!
      if (give._tag === "Made" && give.entry >= 0) words[first + give.entry] = blocks[at]!.address
    }
  }
  const locate = (id: number): Kernels.Located => {
    const [buffer, placement] = [plan.buffers[id]!, placed.placements[id]!]
    if (placement._tag === "Fixed") return { buffer, address: placement.address }
    return { buffer, address: handles.views.words()[first + placement.entry]! }
  }
  /** A second handle on a block. */
  const again = (block: Block, shape: ReadonlyArray<number>): tf.Tensor => {
    block.references++
    return handles.tensor(block, shape)
  }

  const runAll = (all: typeof parts): void => {
    for (const part of all) {
      if (isForeign(part)) Kernels.run(part, handles, locate)
      else part.run()
    }
  }
  /** Computes the same step again, with the code that is on trial. */
  const settle = ({ executables, onRefused }: Trial.Candidate, blocks: ReadonlyArray<Block | undefined>): void => {
    candidate = undefined
    const others = executables.values()
    const again = parts.map((part) => (isForeign(part) ? part : others.next().value!))
    const made = blocks.filter((block) => block !== undefined)
    const reason = Trial.refusal(handles, made, () => runAll(again))
    releaseCode(reason === undefined ? parts : executables)
    if (reason === undefined) parts = again
    else onRefused(reason)
  }

  return {
    foreign: Kernels.counted(given.filter(isForeign)),
    replace: (other) => {
      if (isReleased) return releaseCode(other.executables)
      if (candidate !== undefined) releaseCode(candidate.executables)
      candidate = other
    },
    run: (inputs) => {
      const blocks = blocksFor(handles, gives)
      try {
        bind(inputs, blocks)
        runAll(parts)
        if (candidate !== undefined) settle(candidate, blocks)
      } catch (error) {
        for (const block of blocks) if (block !== undefined) handles.release(block)
        throw error
      }
      return gives.map((give, at) => {
        const { shape } = plan.outputs[at]!
        if (give._tag === "Made") return handles.tensor(blocks[at]!, shape)
        if (give._tag === "Again") return again(blocks[give.output]!, shape)
        if (give._tag === "Constant") return again(give.block, shape)
        return tf.reshape(inputs[give.index]!, [...shape])
      })
    },
    release: () => {
      isReleased = true
      releaseCode(parts)
      if (candidate !== undefined) releaseCode(candidate.executables)
      for (const { copy } of entries) if (copy !== undefined) handles.release(copy)
      for (const give of gives) if (give._tag === "Constant") handles.release(give.block)
      free()
    }
  }
}
