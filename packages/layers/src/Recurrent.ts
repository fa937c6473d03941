/** Recurrent layers: a state that each time of a sequence changes. */
import * as Rng from "@etude/core/Rng"
import { isTensor, sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Initializer from "./Initializer.ts"
import { isSpec } from "./internal/Trace.ts"
import * as Layer from "./Layer.ts"

export interface RecurrentOptions {
  /** "all" (default): the output of each time [batch, time, units]; "last": of the last one [batch, units]. */
  readonly outputs?: "all" | "last"
  /** From the last time to the first; outputs stay in the order of the inputs. Default: false. */
  readonly reverse?: boolean
  /** Default: uniform in ±1 / √units, as in PyTorch. */
  readonly kernelInitializer?: Initializer.Initializer
}

/** Sequences [batch, time, features]; with `mask` [batch, time], the state stays where it is 0. */
export type SequenceInputs = tf.Tensor | { readonly x: tf.Tensor; readonly mask: tf.Tensor }

type Parameters = {
  readonly kernel: tf.Tensor
  readonly recurrent: tf.Tensor
  readonly bias: tf.Tensor
  readonly recurrentBias?: tf.Tensor
}
/** Tensors [batch, units]; the first one is the output. */
type State = ReadonlyArray<tf.Tensor>

/** What differs between cells. */
interface Cell {
  readonly kind: string
  readonly gates: number
  readonly states: number
  /** Whether the recurrent product has a bias of its own. */
  readonly hasRecurrentBias: boolean
  /** The next state, from the input's product [batch, gates · units] and the last state. */
  readonly next: (input: tf.Tensor, state: State, parameters: Parameters, units: number) => State
}

const gatesOf = (product: tf.Tensor, gates: number): ReadonlyArray<tf.Tensor> => tf.split(product, gates, 1)

/** Where the mask is 0, the state before. */
const held = (before: State, after: State, mask: tf.Tensor | undefined): State =>
  mask === undefined
    ? after
    : after.map((tensor, index) => {
        const last = before[index] ?? tensor
        return tf.add(last, tf.mul(tf.sub(tensor, last), mask))
      })

const initialize = (
  cell: Cell,
  units: number,
  features: number,
  key: Rng.Key,
  options: RecurrentOptions
): Parameters => {
  const { kernelInitializer = Initializer.uniform(1 / Math.sqrt(units)) } = options
  const width = cell.gates * units
  const fans = { fanIn: features, fanOut: width }
  const make = (name: string, shape: ReadonlyArray<number>) => kernelInitializer(Rng.named(key, name), shape, fans)
  return {
    kernel: make("kernel", [features, width]),
    recurrent: make("recurrent", [units, width]),
    bias: make("bias", [width]),
    ...(cell.hasRecurrentBias && { recurrentBias: make("recurrentBias", [width]) })
  }
}

const run = (
  cell: Cell,
  units: number,
  parameters: Parameters,
  inputs: SequenceInputs,
  reverse: boolean
): Array<tf.Tensor> => {
  const x = isTensor(inputs) ? inputs : inputs.x
  const [batch, time, features] = [sideOf(x.shape, 0), sideOf(x.shape, 1), sideOf(x.shape, 2)]
  // The inputs' products of all times are one product.
  const products = tf.add(tf.matMul(tf.reshape(x, [batch * time, features]), parameters.kernel), parameters.bias)
  const steps = tf.unstack(tf.reshape(products, [batch, time, cell.gates * units]), 1)
  const masks = isTensor(inputs) ? [] : tf.unstack(tf.expandDims(tf.cast(inputs.mask, "float32"), 2), 1)
  const outputs: Array<tf.Tensor> = []
  let state: State = Array.from({ length: cell.states }, () => tf.zeros([batch, units]))
  for (let step = 0; step < time; step++) {
    const index = reverse ? time - 1 - step : step
    const input = steps[index]
    if (input === undefined) break
    state = held(state, cell.next(input, state, parameters, units), masks[index])
    const [output] = state
    if (output !== undefined) outputs[index] = output
  }
  return outputs
}

const recurrent = (cell: Cell, units: number, options: RecurrentOptions): Layer.Layer<SequenceInputs> => {
  const { outputs: which = "all", reverse = false } = options
  const sequence = (specs: Layer.SpecOf<SequenceInputs>): ReadonlyArray<number> => {
    const { shape } = isSpec(specs) ? specs : (specs as { readonly x: Layer.Spec }).x
    if (shape.length !== 2) throw new Error(`expected sequences [time, features], found [${shape.join(", ")}]`)
    return shape
  }
  return Layer.make<Parameters & { readonly [path: string]: tf.Tensor }, SequenceInputs>({
    kind: cell.kind,
    init: (key, specs) => {
      const parameters = initialize(cell, units, sideOf(sequence(specs), 1), key, options)
      return { ...parameters }
    },
    multiplyAdds: (specs) => {
      const shape = sequence(specs)
      return cell.gates * units * (sizeOf(shape) + sideOf(shape, 0) * units)
    },
    apply: (parameters, inputs) => {
      const outputs = run(cell, units, parameters, inputs, reverse)
      const last = outputs.at(reverse ? 0 : -1)
      return which === "last" && last !== undefined ? last : tf.stack(outputs, 1)
    }
  })
}

const lstmCell: Cell = {
  kind: "lstm",
  gates: 4,
  states: 2,
  hasRecurrentBias: false,
  next: (input, [hidden, cell], { recurrent }) => {
    if (hidden === undefined || cell === undefined) return []
    const [enter, forget, candidate, leave] = gatesOf(tf.add(input, tf.matMul(hidden, recurrent)), 4)
    if (enter === undefined || forget === undefined || candidate === undefined || leave === undefined) return []
    const next = tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(enter), tf.tanh(candidate)))
    return [tf.mul(tf.sigmoid(leave), tf.tanh(next)), next]
  }
}

const gruCell: Cell = {
  kind: "gru",
  gates: 3,
  states: 1,
  hasRecurrentBias: true,
  next: (input, [hidden], { recurrent, recurrentBias }) => {
    if (hidden === undefined || recurrentBias === undefined) return []
    const [reset, update, candidate] = gatesOf(input, 3)
    const [hiddenReset, hiddenUpdate, hiddenCandidate] = gatesOf(tf.add(tf.matMul(hidden, recurrent), recurrentBias), 3)
    if (reset === undefined || update === undefined || candidate === undefined) return []
    if (hiddenReset === undefined || hiddenUpdate === undefined || hiddenCandidate === undefined) return []
    const kept = tf.sigmoid(tf.add(update, hiddenUpdate))
    const open = tf.sigmoid(tf.add(reset, hiddenReset))
    const next = tf.tanh(tf.add(candidate, tf.mul(open, hiddenCandidate)))
    return [tf.add(next, tf.mul(kept, tf.sub(hidden, next)))]
  }
}

/**
 * Long short-term memory, as PyTorch's: gates in the order input, forget, candidate, output. Hochreiter and Schmidhuber 1997. Sequences
 * [batch, time, features] to [batch, time, units], or the last output [batch, units].
 *
 * Parameters: `kernel` [features, 4 · units], `recurrent` [units, 4 · units], `bias` [4 · units] (the sum of PyTorch's two).
 *
 * Throws where inputs are no sequences.
 *
 * ```ts
 * lstm(16) // [20, 8] → [20, 16], 1600 parameters
 * lstm(16, { outputs: "last" }) // { x: [20, 8], mask: [20] } → [16], 1600 parameters
 * ```
 */
export const lstm = (units: number, options: RecurrentOptions = {}): Layer.Layer<SequenceInputs> =>
  recurrent(lstmCell, units, options)

/**
 * Gated recurrent unit, as PyTorch's: gates in the order reset, update, candidate. Cho et al. 2014, arXiv:1406.1078. Sequences
 * [batch, time, features] to [batch, time, units], or the last output [batch, units].
 *
 * Parameters: `kernel` [features, 3 · units], `recurrent` [units, 3 · units], `bias` and `recurrentBias` [3 · units].
 *
 * Throws where inputs are no sequences.
 *
 * ```ts
 * gru(16, { outputs: "last" }) // [20, 8] → [16], 1248 parameters
 * ```
 */
export const gru = (units: number, options: RecurrentOptions = {}): Layer.Layer<SequenceInputs> =>
  recurrent(gruCell, units, options)

/**
 * A layer forwards and one backwards, their features side by side: sequences [batch, time, features] to [batch, time, 2 · units]. Schuster
 * and Paliwal 1997.
 *
 * Parts: `forward`, `backward`.
 *
 * ```ts
 * bidirectional((options) => lstm(16, options)) // [20, 8] → [20, 32], 3200 parameters
 * ```
 */
export const bidirectional = (
  make: (options: { readonly reverse: boolean }) => Layer.Layer<SequenceInputs>
): Layer.Layer<SequenceInputs> =>
  Layer.compose(
    { forward: make({ reverse: false }), backward: make({ reverse: true }) },
    ({ forward, backward }, inputs: SequenceInputs) => tf.concat([forward(inputs), backward(inputs)], -1)
  )
