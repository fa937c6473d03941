/**
 * Gradients as values: what a backend computes in the place of tfjs's own gradients, installed for as long as a scope is
 * open and never by an import. tfjs knows one gradient for each kernel, whatever the backend: one that is installed here
 * acts on its backend only. For authors of backends.
 */

import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Functions that compute the gradients by the kernel's inputs; each is called only if that input's gradient is wanted. */
export type InputGradients = { readonly [input: string]: () => tf.Tensor }

/** The arguments of a gradient's function. */
export interface GradientCall<Engine, Input extends string = string, Attributes = tf.NamedAttrMap> {
  /** The gradient by the kernel's first output. */
  readonly dy: tf.Tensor
  /** The requested inputs of the kernel, by name. */
  readonly inputs: { readonly [name in Input]: tf.Tensor }
  /** The requested outputs of the kernel. */
  readonly outputs: ReadonlyArray<tf.Tensor>
  readonly attributes: Attributes
  /** tfjs's backend object. */
  readonly engine: Engine
  /** The gradients that these replace. */
  readonly replaced: () => InputGradients
}

/** The gradient of one kernel, on one backend. */
export interface Gradient<Engine = any> {
  /** The kernel that the gradient belongs to, such as `Relu`. */
  readonly name: string
  /** Inputs to keep from the forward pass; none when absent. */
  readonly inputs?: ReadonlyArray<string>
  /** Keeps every input, named by its place: for kernels of a varying number of them. */
  readonly everyInput?: boolean
  /** Which outputs to keep; none when absent. */
  readonly outputs?: ReadonlyArray<boolean>
  /** Whether `run` computes by operations of tfjs alone, so that it can itself be differentiated; not when absent. */
  readonly differentiable?: boolean
  readonly run: (call: GradientCall<Engine>) => InputGradients
}

/** A gradient whose function gets exactly the inputs that it keeps, and the kernel's attributes by their type. */
export const gradient = <Engine, const Input extends string = never, Attributes = tf.NamedAttrMap>(
  definition: Omit<Gradient<Engine>, "inputs" | "run"> & {
    readonly inputs?: ReadonlyArray<Input>
    readonly run: (call: GradientCall<Engine, Input, Attributes>) => InputGradients
  }
  // `install` hands over these inputs, and tfjs the kernel's attributes.
): Gradient<Engine> => definition as unknown as Gradient<Engine>

/** For kernels of a backend's own, which tfjs knows no gradient of. */
const none = (kernelName: string): tf.GradConfig => ({
  kernelName,
  gradFunc: () => {
    throw new Error(`${kernelName} has no gradient on this backend, or no second one`)
  }
})

const configFor = (backend: string, added: Gradient, replaced: tf.GradConfig): tf.GradConfig => {
  const { name, inputs = [], everyInput = false, outputs = [], differentiable = false, run } = added
  const { inputsToSave: theirInputs = [], outputsToSave: theirOutputs = [] } = replaced
  const allInputs = [...new Set([...theirInputs, ...inputs])]
  const length = Math.max(outputs.length, theirOutputs.length)
  const allOutputs = Array.from({ length }, (_, index) => outputs[index] === true || theirOutputs[index] === true)
  const isHere = () => tf.getBackend() === backend
  return {
    kernelName: name,
    get inputsToSave() {
      return isHere() ? allInputs : theirInputs
    },
    get saveAllInputs() {
      return isHere() ? everyInput : replaced.saveAllInputs === true
    },
    get outputsToSave() {
      return isHere() ? allOutputs : theirOutputs
    },
    gradFunc: (dy, saved, attributes) => {
      if (!isHere()) return replaced.gradFunc(dy, saved, attributes)
      const inputCount = everyInput ? saved.length - allOutputs.filter((isKept) => isKept).length : allInputs.length
      const names = everyInput ? Array.from({ length: inputCount }, (_, place) => String(place)) : allInputs
      const byName = Object.fromEntries(Arr.zip(names, saved))
      const savedOutputs = saved.slice(inputCount)
      const chosen = (choice: ReadonlyArray<boolean>) => {
        const places = allOutputs.flatMap((isKept, index) => (isKept ? [index] : []))
        return Arr.zip(savedOutputs, places).flatMap(([output, place]) => (choice[place] === true ? [output] : []))
      }
      const theirs = () =>
        replaced.gradFunc(dy, [...theirInputs.map((input) => byName[input]!), ...chosen(theirOutputs)], attributes)
      // Operations below tfjs leave no trace on a tape, so gradients of gradients are taken of tfjs's own.
      if (!differentiable && tf.engine().isTapeOn()) return theirs()
      return run({
        dy: Array.isArray(dy) ? element(dy, 0) : dy,
        inputs: byName,
        outputs: chosen(outputs),
        attributes,
        engine: tf.backend(),
        replaced: theirs
      })
    }
  }
}

/**
 * Registers `gradients` for the tfjs backend `backend` until the scope closes; what they replace is put back then. Load
 * tfjs's gradients (`@tensorflow/tfjs-layers`) first.
 */
export const install = (backend: string, gradients: ReadonlyArray<Gradient>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      gradients.map((added) => {
        const replaced = tf.getGradient(added.name) as tf.GradConfig | undefined
        tf.registerGradient(configFor(backend, added, replaced ?? none(added.name)))
        return () => {
          if (replaced === undefined) tf.unregisterGradient(added.name)
          else tf.registerGradient(replaced)
        }
      })
    ),
    (undo) =>
      Effect.sync(() => {
        for (const restore of undo.reverse()) restore()
      })
  ).pipe(Effect.asVoid)
