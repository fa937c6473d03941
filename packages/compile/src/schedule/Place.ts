/**
 * Where buffers lie: constants and temporaries in one block of memory, temporaries that never live at the same time in the same
 * place; inputs and outputs where the table says. It follows from the plan alone, so all emitters have the same addresses.
 */
import { element, mapEntry } from "@etude/core/Lookup"
import type { Placement } from "../code/Code.ts"
import { zip } from "../Lists.ts"
import { readsOf, writesOf } from "../plan/Nodes.ts"
import type { Buffer, Plan } from "../plan/Plan.ts"
import * as Phases from "./Phases.ts"

/** The location of an output's values after a run. */
export type OutputPlace =
  /** At the address in its table entry, which the caller chooses. */
  | { readonly _tag: "Entry"; readonly entry: number }
  /** Unchanged in this input. */
  | { readonly _tag: "Input"; readonly index: number }
  /** The same as this earlier output, which has a table entry. */
  | { readonly _tag: "Output"; readonly index: number }
  /** At this address; runs never change them. */
  | { readonly _tag: "Constant"; readonly address: number }

export interface Placed {
  /** The block's address, which `allocate` gave: to be freed when the program isn't wanted any more. */
  readonly block: number
  /** In bytes. */
  readonly size: number
  /** The address of the table, of u32. */
  readonly table: number
  /** The number of table entries: one for each input, then one for each output that has its own. */
  readonly entries: number
  /** By buffer. */
  readonly placements: ReadonlyArray<Placement>
  /** To be written into memory before the first run. */
  readonly constants: ReadonlyArray<{ readonly address: number; readonly bytes: Uint8Array }>
  /** For each input of the plan, its entry in the table. */
  readonly inputs: ReadonlyArray<number>
  readonly outputs: ReadonlyArray<OutputPlace>
  /** The first phase of each node. */
  readonly phases: ReadonlyArray<number>
}

/** Reads behind a buffer may reach up to here. */
const margin = 64

const rounded = (bytes: number): number => Math.ceil(bytes / 64) * 64

const bytesOf = ({ type, size }: Buffer): number => size * (type === "u8" ? 1 : 4)

interface Life {
  readonly buffer: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}

/** From the phase in which a temporary is first written to the last in which it is read or written. */
const livesOf = ({ buffers, nodes }: Plan, phases: ReadonlyArray<number>): ReadonlyArray<Life> => {
  const spans = new Map<number, readonly [from: number, to: number]>()
  for (const [node, first] of zip(nodes, phases)) {
    const last = Phases.last(node, first)
    for (const buffer of [...writesOf(node), ...readsOf(node)]) {
      const [from, to] = spans.get(buffer) ?? [first, last]
      spans.set(buffer, [Math.min(from, first), Math.max(to, last)])
    }
  }
  const temporaries = buffers.filter(({ place, id }) => place._tag === "Temporary" && spans.has(id))
  return temporaries.map((buffer) => {
    const [from, to] = mapEntry(spans, buffer.id)
    return { buffer: buffer.id, bytes: rounded(bytesOf(buffer)), from, to }
  })
}

interface Space {
  readonly offset: number
  readonly end: number
}

/** The narrowest gap between spaces that is wide enough, or behind the last. */
const bestFit = (taken: ReadonlyArray<Space>, bytes: number): number => {
  let [best, width, top] = [-1, Number.POSITIVE_INFINITY, 0]
  for (const { offset, end } of [...taken].sort((a, b) => a.offset - b.offset)) {
    const gap = offset - top
    if (gap >= bytes && gap < width) [best, width] = [top, gap]
    top = Math.max(top, end)
  }
  return best < 0 ? top : best
}

/** Offsets of temporaries, the largest first, and their total size. */
const fit = (lives: ReadonlyArray<Life>): { readonly offsets: ReadonlyMap<number, number>; readonly size: number } => {
  const offsets = new Map<number, number>()
  const placed: Array<Life & Space> = []
  for (const life of [...lives].sort((a, b) => b.bytes - a.bytes || a.buffer - b.buffer)) {
    const taken = placed.filter((other) => other.from <= life.to && life.from <= other.to)
    const offset = bestFit(taken, life.bytes)
    offsets.set(life.buffer, offset)
    placed.push({ ...life, offset, end: offset + life.bytes })
  }
  return { offsets, size: Math.max(0, ...placed.map(({ end }) => end)) }
}

/** Outputs have entries of their own where they are the first that a buffer is. */
const outputsOf = (plan: Plan, addresses: ReadonlyMap<number, number>): ReadonlyArray<OutputPlace> => {
  let entry = plan.inputs.length
  const before = new Map<number, number>()
  return plan.outputs.map(({ buffer }, index) => {
    const { place } = element(plan.buffers, buffer)
    if (place._tag === "Input") return place
    if (place._tag === "Constant") return { _tag: "Constant", address: mapEntry(addresses, buffer) }
    if (place._tag === "Temporary") throw new Error(`output ${index} is a temporary buffer`)
    const same = before.get(buffer)
    if (same !== undefined) return { _tag: "Output", index: same }
    before.set(buffer, index)
    return { _tag: "Entry", entry: entry++ }
  })
}

const placementsOf = (
  plan: Plan,
  addresses: ReadonlyMap<number, number>,
  outputs: ReadonlyArray<OutputPlace>,
  block: number
): ReadonlyArray<Placement> => {
  const entries = new Map<number, number>()
  for (const [{ buffer }, place] of zip(plan.outputs, outputs)) {
    if (place._tag === "Entry") entries.set(buffer, place.entry)
  }
  return plan.buffers.map(({ id, place }) => {
    if (place._tag === "Input") return { _tag: "Bound", entry: place.index }
    const entry = entries.get(id)
    if (entry !== undefined) return { _tag: "Bound", entry }
    return { _tag: "Fixed", address: addresses.get(id) ?? block }
  })
}

/** Assigns an address to every buffer of a plan. `allocate` is called once. */
export const place = (plan: Plan, allocate: (bytes: number) => number): Placed => {
  const phases = Phases.first(plan)
  const temporaries = fit(livesOf(plan, phases))
  const constants = plan.buffers.flatMap(({ id, place }) =>
    place._tag === "Constant" ? [{ id, bytes: place.bytes }] : []
  )
  const tableBytes = rounded(4 * (plan.inputs.length + plan.outputs.length))
  const constantBytes = constants.reduce((sum, { bytes }) => sum + rounded(bytes.length), 0)
  const size = tableBytes + constantBytes + temporaries.size + margin
  const block = allocate(size)
  const addresses = new Map<number, number>()
  let top = block + tableBytes
  for (const { id, bytes } of constants) {
    addresses.set(id, top)
    top += rounded(bytes.length)
  }
  for (const [buffer, offset] of temporaries.offsets) addresses.set(buffer, top + offset)
  const outputs = outputsOf(plan, addresses)
  return {
    block,
    size,
    table: block,
    entries: plan.inputs.length + outputs.filter(({ _tag }) => _tag === "Entry").length,
    placements: placementsOf(plan, addresses, outputs, block),
    constants: constants.map(({ id, bytes }) => ({ address: mapEntry(addresses, id), bytes })),
    inputs: plan.inputs.map(({ buffer }, index) => {
      const { place } = element(plan.buffers, buffer)
      return place._tag === "Input" ? place.index : index
    }),
    outputs,
    phases
  }
}
