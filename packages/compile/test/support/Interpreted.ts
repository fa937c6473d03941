/** Instances whose code is the interpreter of plans, which works on the arena as compiled code does. */
import * as tf from "@tensorflow/tfjs-core"
import type { Placement } from "../../src/code/Code.ts"
import { interpret, type RunForeign } from "../../src/plan/Interpret.ts"
import type { Buffer, Plan, Tensor } from "../../src/plan/Plan.ts"
import * as Foreign from "../../src/runtime/Foreign.ts"
import type { Handles } from "../../src/runtime/Handles.ts"
import * as Instance from "../../src/runtime/Instance.ts"

const held = ({ type }: Buffer) => (type === "f32" ? "float32" : type === "i32" ? "int32" : "uint8")

/** Every input and output in the table, every constant at an address; what lies between is the interpreter's own. */
const place = (plan: Plan, handles: Handles) => {
  const own: Array<number> = []
  const allocate = (bytes: number): number => {
    own.push(handles.arena.allocate(bytes))
    return own.at(-1)!
  }
  let entry = 0
  const placements = plan.buffers.map(({ place, size }): Placement => {
    const isBound = place._tag === "Input" || place._tag === "Output"
    return isBound ? { _tag: "Bound", entry: entry++ } : { _tag: "Fixed", address: allocate(4 * size) }
  })
  const placed = { table: allocate(4 * entry), placements }
  return { placed, free: () => own.forEach(handles.arena.free) }
}

/** A kernel of the backend, between what is interpreted. */
const runForeign: RunForeign = (node, valuesOf) =>
  tf.tidy(() => {
    const of = ({ buffer, dtype, shape }: Tensor) => {
      const values = valuesOf(buffer)
      return tf.tensor(dtype === "bool" ? Uint8Array.from(values) : values.slice(), [...shape], dtype)
    }
    const named = node.inputs.flatMap(({ name, tensors }) =>
      "buffer" in tensors
        ? [[name, of(tensors)] as const]
        : tensors.map((tensor, index) => [String(index), of(tensor)] as const)
    )
    return Foreign.call(node.kernel, named, node.attributes).map(
      (tensor) => tensor.dataSync() as Float32Array | Int32Array | Uint8Array
    )
  })

export const make = (plan: Plan, handles: Handles): Instance.Instance => {
  const { placed, free } = place(plan, handles)
  const { views } = handles
  const viewOf = (id: number) => {
    const [buffer, placement] = [plan.buffers[id]!, placed.placements[id]!]
    const entry = placement._tag === "Bound" ? placement.entry : 0
    const address = placement._tag === "Fixed" ? placement.address : views.words()[placed.table / 4 + entry]!
    const first = views.index(held(buffer), address)
    return views.of(held(buffer)).subarray(first, first + buffer.size)
  }
  const foreign = plan.nodes.filter((node) => node._tag === "Foreign")
  const isAllForeign = foreign.length > 0 && foreign.length === plan.nodes.length
  const run = () => {
    const results = interpret(
      plan,
      plan.inputs.map(({ buffer }) => viewOf(buffer)),
      runForeign
    )
    for (const [at, { buffer }] of plan.outputs.entries())
      if (plan.buffers[buffer]!.place._tag === "Output") viewOf(buffer).set(results[at]!)
  }
  const code = { run, release: () => undefined }
  return Instance.make({ plan, placed, parts: isAllForeign ? foreign : [code], handles, free })
}
