/**
 * What tfjs writes down for gradients, put right for as long as a scope is open. For authors of backends.
 *
 * Operations whose value does not change when their inputs move a little (comparisons, rounding, places of maxima, casts to whole
 * numbers) have derivative 0 wherever they have one. They leave no trace: what leads only through them gets the gradient 0,
 * and no derivative of what comes before them is computed, which might be infinite, and 0 · ∞ is NaN. tfjs itself stops
 * with an error at some of them, and takes a cast for the identity and floor division for division.
 *
 * Complex numbers stand on the tape by their parts (`ComplexTape`).
 *
 * A `tf.customGrad` that keeps nothing may read its inputs in its gradient: they are kept for it. tfjs gives them back
 * before, and `tf.logSigmoid` fails.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as ComplexTape from "./ComplexTape.ts"

/** Kernels that are constant in pieces. */
const constant = new Set<string>([
  ...[tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual],
  ...[tf.LogicalAnd, tf.LogicalNot, tf.LogicalOr, "LogicalXor", tf.IsNan, tf.IsFinite, tf.IsInf, tf.All, tf.Any],
  ...[tf.ArgMax, tf.ArgMin, tf.OneHot, tf.SearchSorted, tf.Multinomial],
  ...[tf.NonMaxSuppressionV3, tf.NonMaxSuppressionV4, tf.NonMaxSuppressionV5],
  ...[tf.Sign, tf.Step, tf.Floor, tf.Ceil, tf.Round, tf.FloorDiv, tf.ZerosLike, tf.OnesLike]
])

type Save = (tensors: Array<tf.Tensor>) => void

interface CustomRun {
  readonly forwardFunc: (backend: tf.KernelBackend, save: Save) => tf.Tensor
  readonly inputs: tf.NamedTensorMap
}

type Run = ComplexTape.KernelRun | CustomRun
type Gradients = { readonly value: tf.Tensor; readonly grads: Array<tf.Tensor | null | undefined> }

/** The members of tfjs's engine that write the tape and read it. */
interface Engine extends ComplexTape.TapeEngine {
  readonly state: { kernelDepth: number }
  isTapeOn(): boolean
  runKernelFunc(run: Run): tf.Tensor | Array<tf.Tensor>
  gradients(f: () => tf.Tensor, xs: Array<tf.Tensor>, dy?: tf.Tensor, allowNone?: boolean): Gradients
}

const isConstant = ({ kernelName, attrs }: ComplexTape.KernelRun): boolean =>
  constant.has(kernelName) ||
  (kernelName === tf.Cast && attrs?.["dtype"] !== "float32" && attrs?.["dtype"] !== "complex64")

/** The custom gradient with its inputs kept, unless it keeps something itself. */
const keeping = (run: CustomRun): CustomRun => ({
  ...run,
  forwardFunc: (backend, save) => {
    let hasSaved = false
    const value = run.forwardFunc(backend, (tensors) => {
      hasSaved = true
      save(tensors)
    })
    if (!hasSaved) save(Object.values(run.inputs))
    return value
  }
})

/** Mends the tape of tfjs's one engine until the scope closes. */
export const install: Effect.Effect<void, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const engine = tf.engine() as unknown as Engine
    const { runKernelFunc, gradients } = Object.getPrototypeOf(engine) as Engine
    let constants = 0
    /** Within a kernel nothing is written down. */
    const untraced = <A>(body: () => A): A => {
      engine.state.kernelDepth++
      try {
        return body()
      } finally {
        engine.state.kernelDepth--
      }
    }
    const members: Pick<Engine, "runKernelFunc" | "gradients"> = {
      runKernelFunc: (run) => {
        if (!engine.isTapeOn()) return runKernelFunc.call(engine, run)
        if ("forwardFunc" in run) return runKernelFunc.call(engine, keeping(run))
        const compute = () => runKernelFunc.call(engine, run)
        if (ComplexTape.isComplex(run)) return ComplexTape.record(engine, run, untraced, compute)
        if (!isConstant(run)) return compute()
        constants++
        return untraced(compute)
      },
      gradients: (f, xs, dy, allowNone = false) => {
        const before = constants
        const result = gradients.call(engine, f, xs, dy, true)
        if (constants > before) {
          return { ...result, grads: Arr.zipWith(result.grads, xs, (gradient, x) => gradient ?? tf.zerosLike(x)) }
        }
        if (!allowNone && xs.length > 0 && result.grads.every((gradient) => gradient == null)) {
          tf.dispose(result.value)
          throw new Error(
            "Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed encloses all operations " +
              "that lead from x to y."
          )
        }
        return result
      }
    }
    Object.assign(engine, members)
    return engine
  }),
  (engine) =>
    Effect.sync(() => {
      const overrides = engine as Partial<Engine>
      delete overrides.runKernelFunc
      delete overrides.gradients
    })
).pipe(Effect.asVoid)
