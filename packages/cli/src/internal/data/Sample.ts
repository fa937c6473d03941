/** One sample as people look at it: a picture, a curve, or numbers. */
import { type Dataset, type FieldSpec, isSpec, type TypedArray } from "@etude/core/Dataset"
import { element } from "@etude/core/Lookup"
import { sideOf, sizeOf } from "@etude/core/Tensors"
import type { Picture } from "./Png.ts"
import { numbersOf } from "./Scan.ts"

export type View =
  | { readonly _tag: "Picture"; readonly picture: Picture }
  /** A curve over time for each channel. */
  | { readonly _tag: "Curves"; readonly curves: ReadonlyArray<ReadonlyArray<number>> }
  | { readonly _tag: "Numbers"; readonly numbers: ReadonlyArray<number>; readonly omitted: number }

/** Numbers of a sample that are written out. */
const written = 24
/** The fewest steps of what is drawn as a curve. */
const curved = 32

/** The range of the values that are shown, which becomes black to white. */
export interface Range {
  readonly minimum: number
  readonly maximum: number
}

export const rangeOf = (values: TypedArray): Range => {
  let [minimum, maximum] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
  }
  return { minimum, maximum }
}

const isImage = ({ shape }: FieldSpec): boolean =>
  shape.length === 3 && [1, 3].includes(sideOf(shape, 2)) && sideOf(shape, 0) > 1 && sideOf(shape, 1) > 1

const pictureOf = (spec: FieldSpec, values: TypedArray, { minimum, maximum }: Range): Picture => {
  const range = maximum - minimum || 1
  const pixels = Uint8Array.from(values, (value) => Math.round((255 * (value - minimum)) / range))
  const channels = sideOf(spec.shape, 2) === 1 ? 1 : 3
  return { height: sideOf(spec.shape, 0), width: sideOf(spec.shape, 1), channels, pixels }
}

const curvesOf = (values: TypedArray, steps: number, channels: number): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: steps }, (_, step) => element(values, step * channels + channel))
  )

/** How a field of a sample is shown; `range` is that of the same field of all samples shown. */
export const viewOf = (spec: FieldSpec, values: TypedArray, range: Range): View => {
  if (isImage(spec)) return { _tag: "Picture", picture: pictureOf(spec, values, range) }
  const [steps = 1, channels = 1] = spec.shape
  const isSeries = spec.dtype === "float32" && spec.shape.length <= 2 && steps >= curved && channels <= 4
  if (isSeries) return { _tag: "Curves", curves: curvesOf(values, steps, channels) }
  const numbers = Array.from(values.subarray(0, written), (value) => Number(value.toPrecision(4)))
  return { _tag: "Numbers", numbers, omitted: Math.max(0, values.length - written) }
}

/** The values of a sample of a field, as the model sees them, out of those of a batch. */
export const sampleOf = (values: TypedArray, spec: FieldSpec, index: number): TypedArray => {
  const size = sizeOf(spec.shape)
  return numbersOf(values.subarray(index * size, (index + 1) * size), spec)
}

/** The target of a sample in words: its class, its numbers, or the shape of more than a few. */
export const captionOf = ({ spec: { targets }, classes }: Dataset, values: TypedArray | undefined, index: number) => {
  if (targets === undefined || values === undefined || !isSpec(targets)) return ""
  const numbers = Array.from(sampleOf(values, targets, index))
  const [first] = numbers
  if (numbers.length === 1 && first !== undefined) return classes?.[first] ?? String(Number(first.toPrecision(4)))
  return numbers.length <= 4
    ? numbers.map((value) => Number(value.toPrecision(3))).join(", ")
    : `[${targets.shape.join(", ")}]`
}
