/**
 * Runs a plan in plain JavaScript: slow and obvious. What it gives is what a plan means; emitters are compared with it, and
 * so is a plan before fusion with the same one after it.
 */
import { elementAt, load, type Memory, make, type Values } from "./Evaluate.ts"
import { at } from "./Loop.ts"
import * as Numbers from "./Numbers.ts"
import type { Buffer, Contract, Foreign, Map as MapNode, Node, Plan, Reduce, Scan, Scatter, Write } from "./Plan.ts"
import { forEachIndex, type Shape } from "./Shapes.ts"

export type { Values } from "./Evaluate.ts"

const zeros = ({ type, size }: Buffer): Values =>
  type === "f32" ? new Float32Array(size) : type === "i32" ? new Int32Array(size) : new Uint8Array(size)

const ofBytes = (buffer: Buffer, bytes: Uint8Array): Values => {
  const values = zeros(buffer)
  new Uint8Array(values.buffer).set(bytes.subarray(0, values.byteLength))
  return values
}

type WriteAt = (index: ReadonlyArray<number>, sum: number) => void

/** All values of an index are computed before the first is written. */
const writer = (memory: Memory, writes: ReadonlyArray<Write>): WriteAt => {
  const { of, next } = make(memory)
  const all = writes.map(({ access, value }) => ({ access, value: of(value), into: memory[access.buffer]! }))
  return (index, sum) => {
    next()
    const values = all.map(({ value }) => value(index, sum))
    for (const [which, { access, into }] of all.entries()) {
      const position = elementAt(access, index)
      if (position < 0 || position >= into.length) throw new Error(`element ${position} of ${into.length} is written`)
      into[position] = values[which]!
    }
  }
}

const runMap = (memory: Memory, { shape, writes }: MapNode): void => {
  const write = writer(memory, writes)
  forEachIndex(shape, (index) => write(index, 0))
}

const combinations = { sum: "add", product: "mul", max: "max", min: "min" } as const
const extremes = { f32: [-Infinity, Infinity], i32: [-(2 ** 31), 2 ** 31 - 1] } as const

const identityOf = (operator: keyof typeof combinations, type: "f32" | "i32"): number =>
  operator === "sum" ? 0 : operator === "product" ? 1 : extremes[type][operator === "max" ? 0 : 1]

type ValueAt = (index: ReadonlyArray<number>) => number

/** The first place of the best value, among those that are numbers. */
const placeOf = (operator: "argMax" | "argMin", over: Shape, value: ValueAt): number => {
  let [best, found, now] = [0, -1, 0]
  forEachIndex(over, (index) => {
    const x = value(index)
    const better = found < 0 ? !Number.isNaN(x) : operator === "argMax" ? x > best : x < best
    if (better) [best, found] = [x, now]
    now++
  })
  return Math.max(found, 0)
}

const runReduce = (memory: Memory, node: Reduce): void => {
  const { shape, over, operator, order } = node
  const write = writer(memory, node.writes)
  const { of, next } = make(memory)
  const value = of(node.value)
  const type = node.value.type === "f32" ? "f32" : "i32"
  forEachIndex(shape, (outer) => {
    const valueAt: ValueAt = (inner) => {
      next()
      return value([...outer, ...inner], 0)
    }
    if (operator === "argMax" || operator === "argMin") return write(outer, placeOf(operator, over, valueAt))
    const add = (x: number, y: number) => Numbers.binary(combinations[operator], type, x, y)
    const lanes = new Array<number>(order === "lanes" ? 16 : 1).fill(identityOf(operator, type))
    forEachIndex(over, (inner) => {
      const lane = order === "lanes" ? (inner.at(-1) ?? 0) % 16 : 0
      lanes[lane] = add(lanes[lane]!, valueAt(inner))
    })
    for (let half = lanes.length / 2; half >= 1; half /= 2) {
      for (let lane = 0; lane < half; lane++) lanes[lane] = add(lanes[lane]!, lanes[lane + half]!)
    }
    write(outer, lanes[0]!)
  })
}

const runContract = (memory: Memory, node: Contract): void => {
  const { batch, rows, columns, inner, parts, left, right } = node
  const write = writer(memory, node.writes)
  const [x, y] = [memory[left.buffer]!, memory[right.buffer]!]
  const run = Math.ceil((inner[0] ?? 1) / parts)
  forEachIndex([...batch, ...rows, ...columns], (index) => {
    const fixed = index.slice(0, batch.length)
    const row = [...fixed, ...index.slice(batch.length, batch.length + rows.length)]
    const column = index.slice(batch.length + rows.length)
    const sums = new Array<number>(parts).fill(0)
    forEachIndex(inner, (k) => {
      const part = Math.floor((k[0] ?? 0) / run)
      const factor = load(x, elementAt(left, [...row, ...k]))
      sums[part] = Numbers.fma(factor, load(y, elementAt(right, [...fixed, ...k, ...column])), sums[part]!)
    })
    write(
      index,
      sums.reduce((sum, part) => Math.fround(sum + part))
    )
  })
}

const runScatter = (memory: Memory, node: Scatter): void => {
  const into = memory[node.buffer]!
  const { of, next } = make(memory)
  const [index, value] = [of(node.index), of(node.value)]
  const type = node.value.type === "f32" ? "f32" : "i32"
  into.fill(node.initial)
  forEachIndex(node.shape, (outer) => {
    next()
    const target = index(outer, 0)
    if (target < 0) return
    const [before, now] = [load(into, target), value(outer, 0)]
    into[target] = node.operator === "set" ? now : Numbers.binary(node.operator, type, before, now)
  })
}

const runScan = (memory: Memory, node: Scan): void => {
  const { of, next } = make(memory)
  const value = of(node.value)
  const into = memory[node.write.buffer]!
  const type = node.value.type === "f32" ? "f32" : "i32"
  forEachIndex(node.shape, (outer) => {
    let total = identityOf(node.operator, type)
    for (let step = 0; step < node.length; step++) {
      next()
      const index = [...outer, step]
      const sum = Numbers.binary(combinations[node.operator], type, total, value(index, 0))
      into[elementAt(node.write, index)] = node.exclusive ? total : sum
      total = sum
    }
  })
}

/** Runs a tfjs kernel on the contents of its inputs, and returns the contents of its outputs. */
export type RunForeign = (node: Foreign, valuesOf: (buffer: number) => Values) => ReadonlyArray<Values>

const runNode = (memory: Memory, node: Node, foreign: RunForeign): void => {
  switch (node._tag) {
    case "Map":
      runMap(memory, node)
      break
    case "Reduce":
      runReduce(memory, node)
      break
    case "Contract":
      runContract(memory, node)
      break
    case "Scatter":
      runScatter(memory, node)
      break
    case "Scan":
      runScan(memory, node)
      break
    case "Loop":
      forEachIndex(node.shape, (index) => {
        for (const one of node.body) runNode(memory, at(one, index), foreign)
      })
      break
    case "Foreign": {
      const outputs = foreign(node, (buffer) => memory[buffer]!)
      for (const [which, { buffer }] of node.outputs.entries()) memory[buffer]!.set(outputs[which]!)
    }
  }
}

const noForeign: RunForeign = ({ kernel }) => {
  throw new Error(`the plan calls ${kernel}`)
}

/** Computes the contents of the plan's outputs, in order, from those of its inputs. Throws on an access beyond a buffer. */
export const interpret = (
  plan: Plan,
  inputs: ReadonlyArray<ArrayLike<number>>,
  foreign: RunForeign = noForeign
): ReadonlyArray<Values> => {
  const memory = plan.buffers.map((buffer) => {
    if (buffer.place._tag === "Constant") return ofBytes(buffer, buffer.place.bytes)
    const values = zeros(buffer)
    if (buffer.place._tag === "Input") values.set(inputs[buffer.place.index]!)
    return values
  })
  for (const node of plan.nodes) runNode(memory, node, foreign)
  return plan.outputs.map(({ buffer }) => memory[buffer]!)
}
