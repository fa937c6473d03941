/** Controls in an executor's memory: what stays the same from one step to the next is not even written again. */
import * as tf from "@tensorflow/tfjs-core"
import type * as Rng from "../../Rng.ts"
import type { StepMemory } from "../../StepExecutor.ts"
import * as Tensors from "../../Tensors.ts"
import { type Numbers, tensorsOf } from "./Controls.ts"
import type { Controls } from "./Plan.ts"

/** Makes the tensors of each step's numbers anew where there is no memory. `done` is called with them when the step is done. */
export const reusing = (memory: StepMemory | undefined) => {
  if (memory === undefined) return { tensorsOf, done: Tensors.disposeTree, dispose: () => {} }
  const keep: (controls: Controls) => void = () => {}
  return { ...inPlaces(memory), done: keep }
}

/** Scalars that are kept from step to step, with the numbers in them, by name and level. */
interface Kept {
  readonly leaves: Map<string, { readonly value: number; readonly tensor: tf.Tensor }>
  readonly levels: Map<string, Kept>
}

const nothing = (): Kept => ({ leaves: new Map(), levels: new Map() })

/** What a tensor is made of or written from; it takes a copy. */
const [scalar, pair] = [
  { values: new Float32Array(1), shape: [], dtype: "float32" },
  { values: new Int32Array(2), shape: [2], dtype: "int32" }
] as const

/** A tensor with other values: written again where the memory allows it, else made anew. */
const renewed = (
  memory: StepMemory,
  before: tf.Tensor | undefined,
  { values, shape, dtype }: typeof scalar | typeof pair
): tf.Tensor => {
  if (before !== undefined && memory.write(before, values)) return before
  before?.dispose()
  return tf.keep(memory.tensor(values, shape, dtype))
}

/** The tensor of a scalar that is kept, written again only where its value has changed. */
const scalarIn = (memory: StepMemory, { leaves }: Kept, name: string, value: number): tf.Tensor => {
  const leaf = leaves.get(name)
  if (leaf !== undefined && Object.is(leaf.value, value)) return leaf.tensor
  scalar.values[0] = value
  const tensor = renewed(memory, leaf?.tensor, scalar)
  leaves.set(name, { value, tensor })
  return tensor
}

const levelIn = ({ levels }: Kept, name: string): Kept => {
  const level = levels.get(name) ?? nothing()
  levels.set(name, level)
  return level
}

type TreesByName = { readonly [name: string]: Tensors.TensorTree }

/** The tensors of numbers that are kept, with the same levels. */
const treeIn = (memory: StepMemory, kept: Kept, numbers: Tensors.NumberTree): TreesByName => {
  const tensors: Record<string, Tensors.TensorTree> = {}
  for (const [name, value] of Object.entries(numbers)) {
    tensors[name] =
      typeof value === "number" ? scalarIn(memory, kept, name, value) : treeIn(memory, levelIn(kept, name), value)
  }
  return tensors
}

/** Tensors that keep their places. */
const inPlaces = (memory: StepMemory) => {
  const kept = nothing()
  let last: { readonly key: Rng.Key; readonly tensor: tf.Tensor } | undefined
  return {
    tensorsOf: ({ key, scalars }: Numbers): Controls => {
      if (last === undefined || last.key.hi !== key.hi || last.key.lo !== key.lo) {
        pair.values.set([key.hi, key.lo])
        last = { key, tensor: renewed(memory, last?.tensor, pair) }
      }
      return { key: last.tensor, ...treeIn(memory, kept, scalars) } as Controls // with the levels of the numbers
    },
    dispose: (): void => {
      disposeKept(kept)
      last?.tensor.dispose()
    }
  }
}

const disposeKept = ({ leaves, levels }: Kept): void => {
  for (const { tensor } of leaves.values()) tensor.dispose()
  for (const level of levels.values()) disposeKept(level)
}
