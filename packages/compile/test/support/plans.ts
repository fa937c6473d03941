/** Plans of recorded programs, and what they give. */
import type { TensorTree } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Leaves from "../../src/Leaves.ts"
import * as Lower from "../../src/lower/Lower.ts"
import { problems } from "../../src/plan/Check.ts"
import { fuse } from "../../src/plan/Fuse.ts"
import { interpret, type RunForeign, type Values } from "../../src/plan/Interpret.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import * as Recorder from "../../src/record/Recorder.ts"
import type { Recording } from "../../src/record/Recording.ts"

export interface Planned {
  readonly recording: Recording
  readonly plan: Plan
  readonly inputs: ReadonlyArray<Values>
  /** What the program gave eagerly. */
  readonly eager: ReadonlyArray<{ readonly path: string; readonly values: Values }>
}

/** Records a program and lowers it. Run it in a scope of tfjs' engine. */
export const planned = <In extends TensorTree>(program: (inputs: In) => TensorTree, given: In): Planned => {
  const inputs = Leaves.of(given).map(({ tensor }) => tensor.dataSync() as Values)
  const { outputs, recording } = Recorder.record(program, given)
  const eager = Leaves.of(outputs).map(({ path, tensor }) => ({ path, values: tensor.dataSync() as Values }))
  return { recording, plan: Lower.lower(recording), inputs, eager }
}

/** Kernels that have no form run as they are. */
export const foreign: RunForeign = (node, valuesOf) => {
  const tensor = (of: { readonly buffer: number; readonly shape: ReadonlyArray<number>; readonly dtype: string }) =>
    tf.tensor(
      of.dtype === "bool" ? Uint8Array.from(valuesOf(of.buffer)) : valuesOf(of.buffer),
      [...of.shape],
      of.dtype as "float32"
    )
  const named = node.inputs.map(({ name, tensors }) => [name, tensor("buffer" in tensors ? tensors : tensors[0]!)])
  const isList = named.length > 0 && named.every(([name], index) => name === String(index))
  const inputs = isList ? named.map(([, value]) => value) : Object.fromEntries(named)
  const result: tf.Tensor | Array<tf.Tensor> = tf
    .engine()
    .runKernel(node.kernel, inputs as tf.NamedTensorMap, node.attributes as tf.NamedAttrMap)
  return (Array.isArray(result) ? result : [result]).map((output) => output.dataSync() as Values)
}

export const run = (plan: Plan, inputs: ReadonlyArray<Values>): ReadonlyArray<Values> =>
  interpret(plan, inputs, foreign)

/** The first thing that is wrong, or too far from eager; `undefined` where all is well. */
export const difference = (plan: Plan, { eager, inputs }: Planned, tolerance = 1e-4): string | undefined => {
  const wrong = problems(plan)
  if (wrong.length > 0) return wrong.join("\n")
  for (const [which, values] of run(plan, inputs).entries()) {
    const { path, values: expected } = eager[which]!
    if (values.length !== expected.length) return `${path} has ${values.length} elements, not ${expected.length}`
    const scale = Array.from(expected).reduce(
      (most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most),
      1e-3
    )
    for (const [at, x] of values.entries()) {
      const y = expected[at]!
      if (Object.is(x, y) || x === y) continue
      if (!(Math.abs(x - y) <= tolerance * scale)) return `${path}[${at}] is ${x}, not ${y}`
    }
  }
  return undefined
}

const bitsOf = (values: Values): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/** What fusion breaks: soundness, or a bit of what the plan gives; `undefined` where nothing is broken. */
export const brokenByFusion = (plan: Plan, inputs: ReadonlyArray<Values>): string | undefined => {
  const fused = fuse(plan)
  const wrong = problems(fused)
  if (wrong.length > 0) return wrong.join("\n")
  const [before, after] = [run(plan, inputs), run(fused, inputs)]
  for (const [which, values] of before.entries()) {
    const [one, other] = [bitsOf(values), bitsOf(after[which]!)]
    const at = one.findIndex((byte, place) => byte !== other[place])
    if (at >= 0) return `output ${which}, element ${at >> 2}: ${values[at >> 2]} became ${after[which]![at >> 2]}`
  }
  return undefined
}
