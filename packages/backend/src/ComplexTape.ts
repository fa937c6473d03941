/**
 * Gradients through complex numbers. tfjs's tape passes float32 on and nothing else, so a complex tensor stands on it as its
 * two parts: every operation that takes or gives complex numbers is written down as one on pairs.
 */

import { element, entry } from "@etude/core/Lookup"
import { get, sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"

/** Real and imaginary part, float32. The tape knows them by their ids, even after their memory is freed. */
type Parts = readonly [real: tf.Tensor, imaginary: tf.Tensor]
type Gradients = { readonly [input: string]: () => tf.Tensor }

export interface KernelRun {
  readonly kernelName: string
  readonly inputs: tf.NamedTensorMap
  readonly attrs?: tf.NamedAttrMap
}

/** The members of tfjs's engine that are needed here. */
export interface TapeEngine {
  addTapeNode(
    name: string,
    inputs: tf.NamedTensorMap,
    outputs: ReadonlyArray<tf.Tensor>,
    gradient: ((dys: tf.Tensor | ReadonlyArray<tf.Tensor>) => Gradients) | undefined,
    saved: ReadonlyArray<tf.Tensor>,
    attributes: tf.NamedAttrMap
  ): void
}

const partsOf = new WeakMap<tf.Tensor, Parts>()

/** What an operation's gradient reads: the run, tensors kept from it, and the gradient by both parts, or by a real output. */
interface Call {
  readonly run: KernelRun
  readonly saved: ReadonlyArray<tf.Tensor>
  readonly dys: Parts
}

/** Gradients of an input by its two parts. */
type Pair = () => Parts

const pair = (z: tf.Tensor): Parts => [tf.real(z), tf.imag(z)]
const scaled = ([real, imaginary]: Parts, factor: number): Parts => [tf.mul(real, factor), tf.mul(imaginary, factor)]
const lastSide = ({ shape }: tf.Tensor): number => sideOf(shape, -1)

/** The gradient that tfjs has for a real input, taken of each part. It reads no more of its inputs than their shapes. */
const ofEachPart = ({ run, dys }: Call, input: string): Pair => {
  const { gradFunc } = tf.getGradient(run.kernelName)
  const shapes = Object.values(run.inputs).map((x) => partsOf.get(x)?.[0] ?? x)
  const of = (dy: tf.Tensor) => entry(gradFunc(dy, shapes, run.attrs ?? {}), input)()
  return () => [of(dys[0]), of(dys[1])]
}

const sumTo = (dy: tf.Tensor, { shape }: tf.Tensor): tf.Tensor => {
  const axes = tf.backend_util.getReductionAxes(shape, dy.shape)
  return tf.reshape(axes.length === 0 ? dy : tf.sum(dy, axes), shape)
}

/** g · conj(other), of the factor's shape. */
const ofFactor = ({ run, saved, dys: [g, h] }: Call, input: string): Pair => {
  const [a, b, c, d] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
  const [real, imaginary] = input === "a" ? [c, d] : [a, b]
  const like = get(run.inputs, input)
  return () => [
    sumTo(tf.add(tf.mul(g, real), tf.mul(h, imaginary)), like),
    sumTo(tf.sub(tf.mul(h, real), tf.mul(g, imaginary)), like)
  ]
}

/** Gradients by complex inputs, operation by operation. */
const rules: { readonly [kernel: string]: (call: Call, input: string) => Pair } = {
  FFT:
    ({ dys }) =>
    () =>
      scaled(pair(tf.ifft(tf.complex(...dys))), lastSide(dys[0])),
  IFFT:
    ({ dys }) =>
    () =>
      scaled(pair(tf.fft(tf.complex(...dys))), 1 / lastSide(dys[0])),
  Real:
    ({ dys: [dy] }) =>
    () => [dy, tf.zerosLike(dy)],
  Imag:
    ({ dys: [dy] }) =>
    () => [tf.zerosLike(dy), dy],
  ComplexAbs:
    ({ dys: [dy], saved }) =>
    () => {
      const [real, imaginary] = [element(saved, 0), element(saved, 1)]
      const size = tf.sqrt(tf.add(tf.square(real), tf.square(imaginary)))
      const slope = tf.divNoNan(dy, size)
      return [tf.mul(slope, real), tf.mul(slope, imaginary)]
    },
  Add:
    ({ run, dys: [g, h] }, input) =>
    () => [sumTo(g, get(run.inputs, input)), sumTo(h, get(run.inputs, input))],
  Sub:
    ({ run, dys }, input) =>
    () => {
      const [g, h] = input === "a" ? dys : scaled(dys, -1)
      return [sumTo(g, get(run.inputs, input)), sumTo(h, get(run.inputs, input))]
    },
  Multiply: ofFactor,
  Identity:
    ({ dys }) =>
    () =>
      dys,
  Reshape: ofEachPart,
  Slice: ofEachPart,
  Transpose: ofEachPart,
  Concat: ofEachPart
}

/** The operations whose gradients read their inputs' values. */
const readsInputs = new Set(["ComplexAbs", "Multiply"])

/** The inputs as the tape has them: complex ones by their parts. */
const inputsOnTape = (run: KernelRun): tf.NamedTensorMap =>
  Object.fromEntries(
    Object.entries(run.inputs).flatMap(([name, x]) => {
      const parts = partsOf.get(x)
      return parts === undefined
        ? [[name, x]]
        : [
            [`${name} real`, parts[0]],
            [`${name} imaginary`, parts[1]]
          ]
    })
  )

const gradientsOf = (call: Call): Gradients => {
  if (call.run.kernelName === "Complex") return { real: () => call.dys[0], imag: () => call.dys[1] }
  return Object.fromEntries(
    Object.entries(call.run.inputs).flatMap(([name, x]): Array<[string, () => tf.Tensor]> => {
      const rule = entry(rules, call.run.kernelName)(call, name)
      if (!partsOf.has(x)) return [[name, () => rule()[0]]]
      return [
        [`${name} real`, () => rule()[0]],
        [`${name} imaginary`, () => rule()[1]]
      ]
    })
  )
}

/** Whether an operation takes or makes complex numbers. */
export const isComplex = ({ kernelName, inputs }: KernelRun): boolean =>
  kernelName === "Complex" || Object.values(inputs).some((x) => x?.dtype === "complex64")

/** Runs an operation on complex numbers by `untraced`, which writes nothing down, and writes it down as one on pairs. */
export const record = (
  engine: TapeEngine,
  run: KernelRun,
  untraced: <A>(body: () => A) => A,
  compute: () => tf.Tensor | Array<tf.Tensor>
): tf.Tensor | Array<tf.Tensor> => {
  const result = untraced(compute)
  const output = Array.isArray(result) ? element(result, 0) : result
  const isSupported = run.kernelName === "Complex" || run.kernelName in rules
  const saved = untraced(() =>
    readsInputs.has(run.kernelName)
      ? Object.values(run.inputs).flatMap((x) =>
          (x.dtype === "complex64" ? pair(x) : [tf.clone(x), tf.zerosLike(x)]).map((part) => tf.keep(part))
        )
      : []
  )
  const isPair = output.dtype === "complex64"
  const parts = isPair ? untraced(() => pair(output)) : undefined
  const outputs = parts ?? [output]
  const gradient = (dys: tf.Tensor | ReadonlyArray<tf.Tensor>): Gradients =>
    gradientsOf({ run, saved, dys: dys instanceof tf.Tensor ? [dys, dys] : [element(dys, 0), element(dys, 1)] })
  engine.addTapeNode(run.kernelName, inputsOnTape(run), outputs, undefined, saved, {})
  const node = element(tf.engine().state.activeTape, -1)
  // What tfjs has registered under this name is for real numbers.
  if (isSupported) node.gradient = (dys: Array<tf.Tensor>) => gradient(filled(dys, outputs))
  else delete node.gradient
  if (parts !== undefined) partsOf.set(output, parts)
  return result
}

/** A part that nothing depends on has the gradient 0. */
const filled = (
  dys: ReadonlyArray<tf.Tensor | null>,
  outputs: ReadonlyArray<tf.Tensor>
): tf.Tensor | Array<tf.Tensor> => {
  const all = Arr.zipWith(dys, outputs, (dy, { shape }) => dy ?? tf.zeros(shape))
  return all.length === 1 ? element(all, 0) : all
}
