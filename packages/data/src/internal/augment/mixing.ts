/** Samples blended with others of the dataset, which are drawn for each of them. */
import {
  type Dataset,
  derive,
  type FieldSpec,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray
} from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, type DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import { invalid } from "./homes.ts"

/** A number of the gamma distribution of shape `alpha` ≥ 1 and scale 1: Marsaglia and Tsang 2000, "A simple method for generating gamma variables". */
const gammaFromOne = (key: Rng.Key, alpha: number): number => {
  const d = alpha - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (let position = 0; ; position++) {
    // A normal number takes two positions of the stream; uniform ones come from another.
    const x = Rng.normal(key, 2 * position)
    const v = (1 + c * x) ** 3
    const u = Rng.uniform(Rng.fold(key, 1), position)
    if (v > 0 && Math.log(1 - u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

const gamma = (key: Rng.Key, alpha: number): number =>
  alpha >= 1
    ? gammaFromOne(key, alpha)
    : gammaFromOne(Rng.fold(key, 2), alpha + 1) * (1 - Rng.uniform(key, 0)) ** (1 / alpha)

/** A number of Beta(α, α): G / (G + H) of two gamma numbers. */
export const beta = (key: Rng.Key, alpha: number): number => {
  const [one, other] = [gamma(Rng.fold(key, 0), alpha), gamma(Rng.fold(key, 1), alpha)]
  return one + other === 0 ? 0.5 : one / (one + other)
}

export interface MixingOptions {
  /** Of Beta(α, α), from which the fraction of the sample itself is drawn. Default: 1. */
  readonly alpha?: number
  /** The number of classes. Default: that of the dataset's class names. */
  readonly classes?: number
  /** A part of the dataset's name, below which is drawn. */
  readonly name?: string
}

/** Writes a blend of two samples to `out`; the result is the fraction of the first. */
export type Blend = (
  one: TypedArray,
  other: TypedArray,
  out: TypedArray,
  spec: FieldSpec,
  lambda: number,
  key: Rng.Key
) => number

const rounded = (value: number, out: TypedArray): number =>
  out instanceof Uint8Array ? Math.floor(value + 0.5) : value

/** λ · x + (1 − λ) · y. */
export const wholeBlend: Blend = (one, other, out, _, lambda) => {
  for (let index = 0; index < out.length; index++) {
    out[index] = rounded(lambda * one[index]! + (1 - lambda) * other[index]!, out)
  }
  return lambda
}

/** A rectangle of the other sample, of the area (1 − λ) where it lies within, its centre anywhere. */
export const rectangleBlend: Blend = (one, other, out, { shape }, lambda, key) => {
  const [height = 1, width = 1, channels = 1] = shape
  const side = Math.sqrt(1 - lambda)
  const range = (position: number, length: number) => {
    const centre = Math.floor(Rng.uniform(key, position) * length)
    const reach = Math.floor(length * side) / 2
    return [Math.max(0, Math.floor(centre - reach)), Math.min(length, Math.floor(centre + reach))] as const
  }
  const [[left, right], [top, bottom]] = [range(0, width), range(1, height)]
  out.set(one)
  for (let y = top; y < bottom; y++) {
    const [from, to] = [(y * width + left) * channels, (y * width + right) * channels]
    out.set(other.subarray(from, to), from)
  }
  return 1 - ((right - left) * (bottom - top)) / (width * height)
}

const problemsOf = (dataset: Dataset, source: string, alpha: number, classes: number, rank: number | undefined) => {
  const { inputs, targets } = dataset.spec
  const problems: Array<DataError> = []
  const problem = (where: string, found: string, expected: string, advice: string) =>
    problems.push(new DataError({ source: `${source}${where}`, found, expected, advice }))
  if (!(alpha > 0 && alpha < Number.POSITIVE_INFINITY))
    problem(".alpha", `${alpha}`, "a number above 0", "1 is uniform.")
  if (!(Number.isSafeInteger(classes) && classes >= 2)) {
    problem(".classes", `${classes}`, "2 or more", "Say how many classes there are.")
  }
  if (!isSpec(inputs) || inputs.dtype !== "float32" || (rank !== undefined && inputs.shape.length !== rank)) {
    const expected = rank === undefined ? "one float32 input" : "float32 [height, width, channels]"
    problem(
      ".inputs",
      isSpec(inputs) ? `${inputs.dtype} [${inputs.shape.join(", ")}]` : "several",
      expected,
      "Only such inputs are blended."
    )
  }
  if (targets === undefined || !isSpec(targets) || targets.dtype !== "int32" || targets.shape.length > 0) {
    problem(".targets", "targets that are not one label per sample", "int32 []", "Only labels are blended.")
  }
  return problems
}

/** The dataset with its samples blended in training; its targets become the fractions of classes. */
export const mixing = (
  dataset: Dataset,
  { alpha = 1, classes = dataset.classes?.length ?? 0, name = "mix" }: MixingOptions,
  blend: Blend,
  rank?: number
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const source = `${dataset.name}/${name}`
    const problems = problemsOf(dataset, source, alpha, classes, rank)
    const { inputs } = dataset.spec
    if (problems.length > 0 || !isSpec(inputs)) return invalid(source, problems)
    const size = sizeOf(inputs.shape)
    const blendAll = (one: HostBatch, other: HostBatch, keys: ReadonlyArray<Rng.Key> | undefined): HostBatch => {
      if (!isTypedArray(one.inputs) || !isTypedArray(other.inputs)) return one
      const [labels, otherLabels] = [one.targets as Int32Array, other.targets as Int32Array]
      const targets = new Float32Array(labels.length * classes)
      const images = keys === undefined ? one.inputs : one.inputs.slice()
      for (const [row, label] of labels.entries()) {
        let lambda = 1
        const key = keys?.[row]
        if (key !== undefined) {
          const part = (values: TypedArray) => values.subarray(row * size, (row + 1) * size)
          lambda = blend(
            part(one.inputs),
            part(other.inputs),
            part(images),
            inputs,
            beta(Rng.fold(key, 1), alpha),
            Rng.fold(key, 2)
          )
        }
        targets[row * classes + label]! += lambda
        targets[row * classes + element(otherLabels, row)]! += 1 - lambda
      }
      return { ...one, inputs: images, targets }
    }
    const effectOf = (batch: ReturnType<Dataset["read"]>) => (Effect.isEffect(batch) ? batch : Effect.succeed(batch))
    const read: Dataset["read"] = (indices, draw) => {
      const one = dataset.read(indices, draw)
      if (!draw.training)
        return Effect.isEffect(one)
          ? Effect.map(one, (batch) => blendAll(batch, batch, undefined))
          : blendAll(one, one, undefined)
      const named = Draw.named(draw, `augment/${name}`)
      const keys = Array.from(indices, (index) => Draw.ofSample(named, index))
      const partners = Int32Array.from(keys, (key) => Math.floor(Rng.uniform(key, 0) * dataset.length))
      const other = dataset.read(partners, draw)
      if (!Effect.isEffect(one) && !Effect.isEffect(other)) return blendAll(one, other, keys)
      return Effect.zipWith(effectOf(one), effectOf(other), (first, second) => blendAll(first, second, keys))
    }
    const spec = { ...dataset.spec, targets: { shape: [classes], dtype: "float32" } as const }
    return Effect.succeed(derive(dataset, { name: source, spec, read }))
  })
