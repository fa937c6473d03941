/**
 * Gradients as values: what a backend computes in the place of tfjs's own gradients, installed for as long as a scope is
 * open and never by an import. tfjs knows one gradient for each kernel, whatever the backend: one that is installed here
 * acts on its backend only. For authors of backends.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Functions that compute the gradients by the kernel's inputs; each is called only if that input's gradient is wanted. */
export type InputGradients = { readonly [input: string]: () => tf.Tensor }

/** What a gradient's function is given. */
export interface GradientCall<Engine> {
  /** The gradient by the kernel's output. */
  readonly dy: tf.Tensor
  /** The kernel's inputs that were asked for, by name. */
  readonly inputs: { readonly [name: string]: tf.Tensor }
  /** The kernel's output, if it was asked for. */
  readonly output: tf.Tensor
  readonly attributes: tf.NamedAttrMap
  /** tfjs's backend object. */
  readonly engine: Engine
  /** tfjs's own gradients. */
  readonly replaced: () => InputGradients
}

/** The gradient of one kernel with one output, on one backend. */
export interface Gradient<Engine = any> {
  /** The kernel whose gradient it is, such as `Relu`. */
  readonly name: string
  /** Inputs to keep from the forward pass; none when absent. */
  readonly inputs?: ReadonlyArray<string>
  /** Whether to keep the output; not when absent. */
  readonly output?: boolean
  /** Whether `run` computes by operations of tfjs alone, so that it can itself be differentiated; not when absent. */
  readonly differentiable?: boolean
  readonly run: (call: GradientCall<Engine>) => InputGradients
}

const configFor = (backend: string, own: Gradient, replaced: tf.GradConfig): tf.GradConfig => {
  const { name, inputs = [], output = false, differentiable = false, run } = own
  const theirInputs = replaced.inputsToSave ?? []
  const allInputs = [...new Set([...theirInputs, ...inputs])]
  const theirOutput = replaced.outputsToSave?.[0] === true
  const isHere = () => tf.getBackend() === backend
  return {
    kernelName: name,
    get inputsToSave() {
      return isHere() ? allInputs : theirInputs
    },
    get outputsToSave() {
      return [theirOutput || (output && isHere())]
    },
    gradFunc: (dy, saved, attributes) => {
      if (!isHere()) return replaced.gradFunc(dy, saved, attributes)
      const byName = Object.fromEntries(allInputs.map((input, at) => [input, saved[at]!]))
      const kept = saved[allInputs.length]!
      const theirs = () => {
        const wanted = theirInputs.map((input) => byName[input]!)
        return replaced.gradFunc(dy, theirOutput ? [...wanted, kept] : wanted, attributes)
      }
      // Operations below tfjs leave no trace on a tape, so gradients of gradients are taken of tfjs's own.
      if (!differentiable && tf.engine().isTapeOn()) return theirs()
      const engine = tf.backend()
      return run({ dy: dy as tf.Tensor, inputs: byName, output: kept, attributes, engine, replaced: theirs })
    }
  }
}

/**
 * Registers `gradients` for the tfjs backend `backend` until the scope closes; what they replace is put back then. Each
 * must be there already: load tfjs's gradients (`@tensorflow/tfjs-layers`) first.
 */
export const install = (backend: string, gradients: ReadonlyArray<Gradient>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      gradients.map((own) => {
        const replaced = tf.getGradient(own.name)
        if (replaced === undefined) throw new Error(`tfjs has no gradient of ${own.name}: load @tensorflow/tfjs-layers`)
        tf.registerGradient(configFor(backend, own, replaced))
        return replaced
      })
    ),
    (replaced) => Effect.sync(() => [...replaced].reverse().forEach(tf.registerGradient))
  ).pipe(Effect.asVoid)
