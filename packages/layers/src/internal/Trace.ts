/** Initializing layers: what they give is found from what they take, by their own word or by a pass on zeros. */
import type { ForwardContext, Variables } from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import type * as Scheduled from "@etude/core/Scheduled"
import { asRecord, isTensor, sizeOf, type TensorOrRecord } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import type { Initialized, Layer, Spec, SpecOf, Specs, StatefulOptions } from "../Layer.ts"

/** A pass that only finds shapes: as in training, so that every part is called; draws are those of a fixed key. */
export const context = (scheduled: Scheduled.ChangingNumbers = {}): ForwardContext => ({
  training: true,
  random: RandomBits.make({ key: tf.tensor1d([0, 0], "int32"), batchSize: 1 }),
  scheduled: Object.fromEntries(Object.keys(scheduled).map((name) => [name, tf.scalar(0)]))
})

export const isSpec = (specs: Specs): specs is Spec => Array.isArray(specs.shape)

const zerosOf = ({ shape, dtype }: Spec): tf.Tensor => tf.zeros([1, ...shape], dtype)

/** Inputs of these specs: one sample of zeros. */
export const zeros = (specs: Specs): TensorOrRecord =>
  isSpec(specs)
    ? zerosOf(specs)
    : Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, zerosOf(spec)]))

const dtypes = ["float32", "int32", "bool"] as const

const specOf = ({ shape, dtype }: tf.Tensor): Spec => {
  const known = dtypes.find((one) => one === dtype)
  if (known === undefined) throw new Error(`a layer can't take or give ${dtype}; use ${dtypes.join(", ")}`)
  return { shape: shape.slice(1), dtype: known }
}

/** The specs of tensors. */
export const specsOf = (tensors: TensorOrRecord): Specs =>
  isTensor(tensors)
    ? specOf(tensors)
    : Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, specOf(tensor)]))

const elements = ({ parameters }: Variables): number =>
  Object.values(asRecord(parameters)).reduce((sum, { shape }) => sum + sizeOf(shape), 0)

/** A layer without parts. */
export const leaf = <V extends Variables, In extends TensorOrRecord, Out extends TensorOrRecord>(
  options: StatefulOptions<V, In, Out>
): Layer<In, Out> => {
  // What `init` gave comes back with other values, under the same names and of the same shapes.
  const apply: Layer<In, Out>["apply"] = (variables, inputs, at) => options.apply(variables as V, inputs, at)
  const initialize = (key: Parameters<typeof options.init>[0], specs: Specs): Initialized => {
    const inputs = specs as SpecOf<In>
    const variables = options.init(key, inputs)
    const outputs: Specs =
      options.outputs === undefined
        ? specsOf(apply(variables, zeros(specs) as In, context(options.scheduled)).outputs)
        : (options.outputs(inputs) as Specs)
    const multiplyAdds = options.multiplyAdds?.(inputs) ?? 0
    return {
      variables,
      outputs,
      rows: [{ path: "", kind: options.kind, outputs, parameters: elements(variables), multiplyAdds }]
    }
  }
  const { kind, trainable, crossSample, scheduled = {} } = options
  return {
    ...{ kind, initialize, apply },
    ...(trainable && { trainable }),
    ...(crossSample === true && { crossSample }),
    ...(Object.keys(scheduled).length > 0 && { scheduled })
  }
}
