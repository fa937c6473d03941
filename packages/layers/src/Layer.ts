/**
 * A layer: how its variables begin, and a pure function of variables and inputs. Layers hold no tensors; they compose, and a whole one
 * becomes a `Model` of the core by {@link model}. The number of features that come in is never written down: a layer learns the shape of
 * its inputs when it is initialized.
 *
 * ```ts
 * const block = Layer.compose({ norm: layerNorm(), dense: dense(64) }, ({ norm, dense }, x: tf.Tensor) =>
 *   tf.add(x, tf.relu(dense(norm(x))))
 * )
 * const network = Layer.model("network", Layer.sequential({ first: dense(64), block, output: dense(10) }), { inputs: [784] })
 * // parameters: first/kernel, first/bias, block/norm/scale, …
 * ```
 */
import type { Forward, ForwardContext, Model, Variables } from "@etude/core/Model"
import type { Key } from "@etude/core/Rng"
import type { ChangingNumbers } from "@etude/core/Scheduled"
import { type TensorOrRecord, type Tensors, tidy } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"
import * as Compose from "./internal/Compose.ts"
import { type Initial, replaced } from "./internal/Initial.ts"
import * as Trace from "./internal/Trace.ts"

/** The shape of a tensor without its batch dimension, and its dtype. */
export interface Spec {
  readonly shape: ReadonlyArray<number>
  readonly dtype: "float32" | "int32" | "bool"
}

/** The specs of one tensor or of several by name. */
export type Specs = Spec | { readonly [name: string]: Spec }

/** The specs of what a layer takes or gives. */
export type SpecOf<A> = A extends tf.Tensor ? Spec : { readonly [name in keyof A]: Spec }

/** A line of a summary: a layer with variables or of a kind of its own, and what it does to one sample. */
export interface Row {
  /** `""` for the layer itself; a composed one prefixes the names of its parts. */
  readonly path: string
  readonly kind: string
  readonly outputs: Specs
  /** Elements of the parameters. */
  readonly parameters: number
  /** Multiply-adds of a forward pass on one sample; 0 where there are none worth counting. */
  readonly multiplyAdds: number
}

/** A layer's first variables, with what it gives for inputs like these. */
export interface Initialized {
  readonly variables: Variables
  readonly outputs: Specs
  readonly rows: ReadonlyArray<Row>
}

export interface Layer<in In extends TensorOrRecord = tf.Tensor, out Out extends TensorOrRecord = tf.Tensor> {
  /** What it is, for summaries and errors: `dense`, `conv2d`. */
  readonly kind: string
  /** Makes the initial variables for inputs like these. Throws, in the words of a user, where such inputs don't fit. */
  readonly initialize: (key: Key, inputs: Specs) => Initialized
  readonly apply: (variables: Variables, inputs: In, context: ForwardContext) => Forward<Out>
  /** Whether an optimizer may change a parameter, by the layer's own path. Default: all. */
  readonly trainable?: (path: string) => boolean
  /** True when samples of a batch influence each other. */
  readonly crossSample?: boolean
  /** Numbers that change during training, by the layer's own paths; `context.scheduled` has their values. */
  readonly scheduled?: ChangingNumbers
}

/** A layer, or a plain function of tensors such as `tf.relu`, which is a layer without variables. */
export type LayerLike<In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor> =
  | Layer<In, Out>
  | ((inputs: In) => Out)

/** A layer by its variables and its forward pass. */
export interface StatefulOptions<V extends Variables, In extends TensorOrRecord, Out extends TensorOrRecord> {
  readonly kind: string
  /** Paths are the layer's own: `kernel`, `mean`. Every tensor is owned by the caller. */
  readonly init: (key: Key, inputs: SpecOf<In>) => V
  readonly apply: (variables: V, inputs: In, context: ForwardContext) => Forward<Out>
  /** What it gives for inputs like these. Default: found by a pass on zeros, one sample. */
  readonly outputs?: (inputs: SpecOf<In>) => SpecOf<Out>
  /** Multiply-adds on one sample. Default: 0. */
  readonly multiplyAdds?: (inputs: SpecOf<In>) => number
  /** Whether an optimizer may change a parameter, by the layer's own path. Default: all. */
  readonly trainable?: (path: string) => boolean
  /** True when samples of a batch influence each other. Default: false. */
  readonly crossSample?: boolean
  /** Numbers of the layer that change during a run, such as a rate. Default: none. */
  readonly scheduled?: ChangingNumbers
}

/** A layer with statistics (running means) or a penalty. */
export const stateful = <
  V extends Variables,
  In extends TensorOrRecord = tf.Tensor,
  Out extends TensorOrRecord = tf.Tensor
>(
  options: StatefulOptions<V, In, Out>
): Layer<In, Out> => Trace.leaf(options)

/** A layer by its parameters and a pure function. */
export interface LayerOptions<P extends Tensors, In extends TensorOrRecord, Out extends TensorOrRecord>
  extends Omit<StatefulOptions<Variables, In, Out>, "init" | "apply"> {
  /** Paths are the layer's own: `kernel`, `bias`. Every tensor is owned by the caller. */
  readonly init: (key: Key, inputs: SpecOf<In>) => P
  readonly apply: (parameters: P, inputs: In, context: ForwardContext) => Out
}

/** A layer of a plain function, which knows its parameters by name. */
export const make = <P extends Tensors, In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor>({
  init,
  apply,
  ...options
}: LayerOptions<P, In, Out>): Layer<In, Out> =>
  stateful({
    ...options,
    init: (key, inputs) => ({ parameters: init(key, inputs), statistics: {} }),
    apply: ({ parameters }, inputs: In, context) => ({ outputs: apply(parameters, inputs, context) })
  })

/** A function's name; that of `tf.relu` is `relu__op`. */
const nameOf = ({ name }: { readonly name: string }): string => name.replace(/_+(op)?$/, "") || "function"

/** A function as a layer. */
export const fromFunction = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  f: (inputs: In) => Out
): Layer<In, Out> => make({ kind: nameOf(f), init: () => ({}), apply: (_, inputs: In) => f(inputs) })

const layerOf = <In extends TensorOrRecord, Out extends TensorOrRecord>(like: LayerLike<In, Out>): Layer<In, Out> =>
  typeof like === "function" ? fromFunction(like) : like

/** The parts of a composed layer as functions of their inputs. */
export type Functions<Parts> = {
  readonly [name in keyof Parts]: Parts[name] extends LayerLike<infer In, infer Out> ? (inputs: In) => Out : never
}

/**
 * A layer made of parts, by a function that calls them. A part's variables lie below its name; a part that is called twice shares its
 * variables. When the layer is initialized, the function is run on zeros, one sample, so that each part learns the shape of its inputs:
 * it may look at shapes, but not read values.
 */
export const compose = <
  const Parts extends { readonly [name: string]: LayerLike<any, any> }, // each part has its own types
  In extends TensorOrRecord,
  Out extends TensorOrRecord
>(
  parts: Parts,
  apply: (parts: Functions<Parts>, inputs: In, context: ForwardContext) => Out
): Layer<In, Out> => {
  const layers = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, layerOf(part)]))
  return Compose.layer(layers, (functions, inputs: In, context) =>
    apply(functions as Functions<Parts>, inputs, context)
  )
}

/** Names of layers in a list: their kind, with a number where a kind comes more than once. */
const namesOf = (kinds: ReadonlyArray<string>): ReadonlyArray<string> =>
  kinds.map((kind, index) => {
    const same = kinds.filter((other) => other === kind).length
    return same === 1 ? kind : `${kind}-${kinds.slice(0, index + 1).filter((other) => other === kind).length}`
  })

/**
 * One layer after another. Of a record, names are those of the record; of a list, the layers' kinds, numbered where one comes more than
 * once: `dense-1`, `dense-2`.
 */
export const sequential = (
  layers: ReadonlyArray<LayerLike> | { readonly [name: string]: LayerLike }
): Layer<tf.Tensor, tf.Tensor> => {
  const list = Object.values(layers).map(layerOf)
  const names = Array.isArray(layers) ? namesOf(list.map(({ kind }) => kind)) : Object.keys(layers)
  const parts = Object.fromEntries(list.map((layer, index) => [names[index] ?? "", layer] as const))
  return compose(parts, (functions, inputs: tf.Tensor) => names.reduce((x, name) => functions[name]?.(x) ?? x, inputs))
}

/** The shape of one sample (float32), or its spec with another dtype. */
export type Input = ReadonlyArray<number> | Spec

/** What a model takes: one input or several by name. */
export type Inputs = Input | { readonly [name: string]: Input }

const isInput = (inputs: Inputs): inputs is Input => Array.isArray(inputs) || ("shape" in inputs && "dtype" in inputs)

const specOf = (input: Input): Spec => ("dtype" in input ? input : { shape: input, dtype: "float32" })

/** Inputs as specs. */
export const specsOf = (inputs: Inputs): Specs =>
  isInput(inputs)
    ? specOf(inputs)
    : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, specOf(input)]))

export interface ModelOptions {
  /** The shape of one sample without the batch, or of several by name. */
  readonly inputs: Inputs
  /**
   * Initial values by pattern of paths (`*` for a part of a segment, `**` for any number of segments), in place of the layers' own; the
   * first pattern that matches a path counts. Each draws from the stream that the parameter's whole path names:
   * `{ "**\/contract/kernel": Initializer.normal(0.02 / Math.sqrt(2 * blocks)), "**\/kernel": Initializer.normal(0.02) }`. Default: none.
   */
  readonly initial?: Initial
}

/**
 * A layer as a model of the core, for inputs of that shape. Initial values depend on the key and on the layers' paths alone: another
 * layer beside one changes nothing in it.
 */
export const model = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  name: string,
  layer: Layer<In, Out>,
  { inputs, initial = {} }: ModelOptions
): Model<In, Out> => ({
  name,
  init: (key) =>
    tidy(() => {
      const { parameters, statistics } = layer.initialize(key, specsOf(inputs)).variables
      return { parameters: replaced(parameters, initial, key), statistics }
    }),
  apply: layer.apply,
  ...(layer.trainable && { trainable: layer.trainable }),
  ...(layer.crossSample === true && { crossSample: true }),
  ...(layer.scheduled && { scheduled: layer.scheduled })
})
