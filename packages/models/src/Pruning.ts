/**
 * Pruning by magnitude: the smallest weights become zero and stay zero. With the run's seed kept, what is left begins with the values that it
 * had at first: a lottery ticket. Frankle and Carbin 2019, arXiv:1803.03635.
 *
 * ```ts
 * const masks = Pruning.byMagnitude(state.parameters, { fraction: 0.2 })
 * const sparse = Pruning.apply(model, masks) // train it as any model; then prune again: { fraction: 0.2, masks }
 * ```
 */
import type { Model, Variables } from "@etude/core/Model"
import { matcher } from "@etude/core/PathPattern"
import { get, type TensorOrRecord, type Tensors, tidy } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** What is left of a parameter: 1 for each element that is kept, 0 for others. */
export interface Mask {
  readonly shape: ReadonlyArray<number>
  readonly kept: Uint8Array
}

/** Masks by the paths of parameters. */
export type Masks = { readonly [path: string]: Mask }

export interface Options {
  /**
   * How much of what is left becomes zero, in [0, 1]: of all kernels, or by patterns over paths, of which the first that matches counts:
   * `{ "output/kernel": 0.1, "**\/kernel": 0.2 }`. What no pattern matches is not pruned.
   */
  readonly fraction: number | { readonly [pattern: string]: number }
  /** "each" (default): the smallest of each parameter; "all": the smallest of all that a pattern takes together. */
  readonly scope?: "each" | "all"
  /** What was pruned before, and stays so. Default: nothing. */
  readonly masks?: Masks
}

/** An element that is left. */
interface Weight {
  readonly kept: Uint8Array
  readonly index: number
  readonly magnitude: number
}

const weightsOf = ({ kept }: Mask, values: ArrayLike<number>): ReadonlyArray<Weight> =>
  Array.from(kept, (one, index) => ({ one, kept, index, magnitude: Math.abs(values[index] ?? 0) })).filter(
    ({ one }) => one === 1
  )

/** Takes the smallest away; of equal ones the first. */
const prune = (weights: ReadonlyArray<Weight>, fraction: number): void => {
  const sorted = [...weights].sort((a, b) => a.magnitude - b.magnitude)
  for (const { kept, index } of sorted.slice(0, Math.round(fraction * weights.length))) kept[index] = 0
}

/** The paths that each pattern takes, with its fraction. Throws everything that is wrong. */
const groupsOf = (paths: ReadonlyArray<string>, rules: { readonly [pattern: string]: number }) => {
  let left = paths
  const groups = Object.entries(rules).map(([pattern, fraction]) => {
    const matches = matcher(pattern)
    const taken = left.filter(matches)
    left = left.filter((path) => !matches(path))
    return { pattern, fraction, paths: taken }
  })
  const problems = groups.flatMap(({ pattern, fraction, paths: taken }) => [
    ...(fraction >= 0 && fraction <= 1
      ? []
      : [`the fraction of ${pattern} is ${fraction}, expected a number in [0, 1]`]),
    ...(taken.length > 0 ? [] : [`${pattern} matches none of the parameters ${paths.slice(0, 50).join(", ")}`])
  ])
  if (problems.length > 0) throw new Error(problems.join("; "))
  return groups
}

/**
 * Masks without the smallest elements: of each parameter the `fraction` of those that are left, rounded, or of all together. Reads the
 * parameters' values. Earlier masks of other parameters stay.
 *
 * Throws where a fraction is no number in [0, 1], or a pattern matches no parameter that is left for it.
 */
export const byMagnitude = (parameters: Tensors, { fraction, scope = "each", masks = {} }: Options): Masks => {
  const rules = typeof fraction === "number" ? { "**/kernel": fraction } : fraction
  const next: { [path: string]: Mask } = { ...masks }
  for (const { paths, fraction } of groupsOf(Object.keys(parameters), rules)) {
    const weights = paths.map((path) => {
      const parameter = get(parameters, path)
      const kept = masks[path]?.kept.slice() ?? new Uint8Array(parameter.size).fill(1)
      const mask = { shape: parameter.shape, kept }
      next[path] = mask
      return weightsOf(mask, parameter.dataSync())
    })
    for (const group of scope === "each" ? weights : [weights.flat()]) prune(group, fraction)
  }
  return next
}

/** The share of elements that the masks keep, in [0, 1]; 1 without masks. */
export const kept = (masks: Masks): number => {
  const all = Object.values(masks)
  const size = all.reduce((sum, { kept }) => sum + kept.length, 0)
  return size === 0 ? 1 : all.reduce((sum, { kept }) => sum + kept.reduce((count, one) => count + one, 0), 0) / size
}

const masked = (parameters: Tensors, masks: Masks): Tensors => {
  const changed = Object.entries(masks).map(
    ([path, { shape, kept }]) =>
      [path, tf.mul(get(parameters, path), tf.tensor(Float32Array.from(kept), [...shape]))] as const
  )
  return { ...parameters, ...Object.fromEntries(changed) }
}

/** What masks have to say of other parameters than those that they were made of. */
const demandFitting = (parameters: Tensors, masks: Masks): void => {
  const wrong = Object.entries(masks).flatMap(([path, { shape }]) => {
    const found = parameters[path]?.shape
    if (found === undefined) return [`the model has no parameter ${path}`]
    return found.join() === shape.join() ? [] : [`${path} is [${found.join(", ")}], its mask [${shape.join(", ")}]`]
  })
  if (wrong.length > 0) throw new Error(`the masks do not fit: ${wrong.join("; ")}`)
}

/**
 * The model with these elements of its parameters zero. It begins with the model's own values (the same key gives the same), and where a mask
 * is 0, with zeros; the gradient there is 0, so that every optimizer leaves them. Parameters and paths are the model's.
 *
 * Throws, when the model is initialized, where a mask fits no parameter.
 */
export const apply = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  base: Model<In, Out>,
  masks: Masks
): Model<In, Out> => ({
  ...base,
  name: `${base.name}-pruned`,
  init: (key) =>
    tidy((): Variables => {
      const { parameters, statistics } = base.init(key)
      demandFitting(parameters, masks)
      return { parameters: masked(parameters, masks), statistics }
    }),
  apply: ({ parameters, statistics }, inputs, context) =>
    base.apply({ parameters: masked(parameters, masks), statistics }, inputs, context)
})
