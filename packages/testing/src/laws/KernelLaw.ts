/** Law 7, kernel by kernel: a backend gives the values and gradients that another one gives. */
import type { Backend } from "@etude/core/Backend"
import { element as elementOf } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
// Registers the gradients of all operations.
import "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Close from "../Close.ts"
import * as CpuBackend from "../doubles/CpuBackend.ts"
import { gradientCheck } from "../GradientCheck.ts"
import type { Row } from "../subjects/KernelRows.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"

type BackendLayer = Layer.Layer<Backend | StepExecutor, unknown>

export interface KernelOptions {
  /** How messages call the backend. */
  readonly name: string
  readonly backend: BackendLayer
  readonly row: Row
  /** The reference. Default: `CpuBackend`. */
  readonly reference?: BackendLayer
  /** 1e-5 relative to the largest element of a tensor, when absent. */
  readonly tolerance?: Close.Tolerance
}

/** Computes on a backend, and disposes of every tensor. */
const on = <A>(layer: BackendLayer, compute: () => A): Effect.Effect<A, unknown> =>
  Effect.acquireUseRelease(
    Effect.sync(() => tf.engine().startScope()),
    () => Effect.try({ try: compute, catch: (error) => error }),
    () => Effect.sync(() => tf.engine().endScope())
  ).pipe(Effect.provide(layer))

/**
 * Compares the row's value with the reference's, its gradients with finite differences (2e-3), and, where the reference's own
 * gradients pass that, with those too.
 */
export const check = (options: KernelOptions): Effect.Effect<void, LawBroken> =>
  Effect.gen(function* () {
    const { name, backend, row, reference = CpuBackend.layer } = options
    const { tolerance = { relative: 1e-5, absolute: 1e-6 } } = options
    const broken = (found: string) =>
      new LawBroken({
        law: "backends",
        subject: name,
        found: `${row.name} ${found}`,
        reproduce: `compute the row "${row.name}" of KernelRows on it and on the reference, and compare`
      })
    const value = () => row.f(...row.inputs()).dataSync()
    const gradients = () => {
      const xs = row.inputs()
      const y = row.f(...xs)
      const dy = tf.tensor(Rng.uniforms(Rng.key(99), y.size, -1, 1), y.shape)
      const all = tf.grads((...values: Array<tf.Tensor>) => row.f(...values))(xs, dy)
      return { all: all.map((gradient) => gradient.dataSync()), wrong: gradientCheck(row.f, xs)[0] }
    }
    const run = <A>(layer: BackendLayer, compute: () => A, where: string) =>
      ranOr(on(layer, compute), (found) => broken(`${where}: ${found}`))
    const [mine, expected] = [
      yield* run(backend, value, "cannot be computed"),
      yield* run(reference, value, "cannot be computed on the reference")
    ]
    const off = Close.difference(mine, expected, tolerance)
    if (off !== undefined) return yield* broken(off)
    const found = yield* run(backend, gradients, "has no gradient")
    if (found.wrong !== undefined) {
      const { input, element, gradient, difference } = found.wrong
      return yield* broken(
        `has the gradient ${gradient} at element ${element} of input ${input}, where its values rise by ${difference}`
      )
    }
    // A reference without this gradient, or with a wrong one, is none; differences have judged already.
    const other = yield* Effect.option(on(reference, gradients))
    if (Option.isNone(other) || other.value.wrong !== undefined) return
    for (const [input, gradient] of found.all.entries()) {
      const problem = Close.difference(gradient, elementOf(other.value.all, input), tolerance)
      if (problem !== undefined) return yield* broken(`has a gradient by input ${input} that ${problem}`)
    }
  })
