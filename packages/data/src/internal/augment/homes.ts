/** What one description of changes does in its two homes: to typed arrays when a batch is read, and to tensors in the step. */
import { type Dataset, derive, type FieldSpec, type HostBatch, isSpec, type TypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { unscaled } from "@etude/core/kernels/Bytes"
import { entry } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { type ImageShape, isNeutral, type Operation, type Range } from "./operation.ts"

export type Recipe = ReadonlyArray<Operation>

export interface Place {
  /** The name of the input that holds the images, where there are several. */
  readonly field?: string
  /** Default: "augment". Two with different names draw independently of each other. */
  readonly name?: string
}

export const sizeOf = (recipe: Recipe): number => recipe.reduce((sum, { size }) => sum + size, 0)

/** The images of a dataset: their spec, and the problems of a recipe for them. */
export const imagesOf = (dataset: Dataset, recipe: Recipe, { field, name = "augment" }: Place) => {
  const { inputs } = dataset.spec
  const source = `${dataset.name}/${name}`
  const problem = (where: string, found: string, expected: string, advice: string) =>
    new DataError({ source: `${source}${where}`, found, expected, advice })
  const problems = recipe.flatMap((operation, index) =>
    operation.problems.map((sentence) => {
      const [found = "", expected = ""] = sentence.split(", expected ")
      return problem(`[${index}]`, `${operation.name} whose ${found}`, expected, "See the options of the operation.")
    })
  )
  const spec = isSpec(inputs) ? (field === undefined ? inputs : undefined) : inputs[field ?? ""]
  if (spec === undefined) {
    const known = isSpec(inputs) ? "one input without a name" : `the inputs ${Object.keys(inputs).join(", ")}`
    problems.push(
      problem(".field", `${field ?? "no name"} for ${known}`, "the input that holds the images", "Name it in `field`.")
    )
  } else if (spec.dtype !== "float32" || spec.shape.length !== 3) {
    const found = `${spec.dtype} [${spec.shape.join(", ")}]`
    problems.push(problem("", found, "float32 [height, width, channels]", "Only images can be augmented so."))
  }
  return { spec, problems, source }
}

export const shapeOf = ({ shape }: FieldSpec): ImageShape => {
  const [height = 1, width = 1, channels = 1] = shape
  return { height, width, channels }
}

/** The numbers of one sample, at `offset` of `out`: neutral ones where nothing is trained. */
export const drawInto = (
  recipe: Recipe,
  draw: Draw.Draw,
  key: Rng.Key,
  shape: ImageShape,
  out: Float32Array,
  offset: number
): void => {
  let to = offset
  for (const [position, operation] of recipe.entries()) {
    out.set(draw.training ? operation.draw(Rng.fold(key, position), shape) : operation.neutral, to)
    to += operation.size
  }
}

/** The numbers of all samples of a batch. */
export const drawAll = (
  recipe: Recipe,
  draw: Draw.Draw,
  name: string,
  indices: Int32Array,
  shape: ImageShape
): Float32Array => {
  const size = sizeOf(recipe)
  const parameters = new Float32Array(indices.length * size)
  const named = Draw.named(draw, `augment/${name}`)
  for (const [row, index] of indices.entries()) {
    drawInto(recipe, draw, Draw.ofSample(named, index), shape, parameters, row * size)
  }
  return parameters
}

/** Changes one image after another; two arrays serve all of them in turn. */
export const changer = (recipe: Recipe, shape: ImageShape, range: Range) => {
  const length = shape.height * shape.width * shape.channels
  let [current, next] = [new Float32Array(length), new Float32Array(length)]
  /** The image, changed; it is overwritten by the next call. */
  return (image: TypedArray, parameters: Float32Array): Float32Array => {
    current.set(image)
    let from = 0
    for (const { size, neutral, host } of recipe) {
      const numbers = parameters.subarray(from, from + size)
      from += size
      if (isNeutral(numbers, neutral)) continue
      host(current, next, numbers, shape, range)
      ;[current, next] = [next, current]
    }
    return current
  }
}

/** Writes levels as bytes: rounded, and not beyond 0 and 255. */
const writeBytes = (values: Float32Array, out: Uint8Array, offset: number): void => {
  let to = offset
  for (const value of values) {
    out[to++] = value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5)
  }
}

const bytesRange: Range = { low: 0, high: 255 }

/** All images of a batch, changed: bytes stay bytes. */
export const changeAll = (
  images: TypedArray,
  recipe: Recipe,
  parameters: Float32Array,
  shape: ImageShape,
  range: Range
): TypedArray => {
  const length = shape.height * shape.width * shape.channels
  const size = sizeOf(recipe)
  const isBytes = images instanceof Uint8Array
  const change = changer(recipe, shape, isBytes ? bytesRange : range)
  const out = isBytes ? new Uint8Array(images.length) : new Float32Array(images.length)
  for (let row = 0; row * length < images.length; row++) {
    const numbers = parameters.subarray(row * size, (row + 1) * size)
    const changed = change(images.subarray(row * length, (row + 1) * length), numbers)
    if (isBytes) writeBytes(changed, out as Uint8Array, row * length)
    else out.set(changed, row * length)
  }
  return out
}

/** The values of black and white in the step. */
export const rangeOf = ({ bytes = unscaled }: FieldSpec): Range => ({
  low: bytes.offset,
  high: 255 * bytes.scale + bytes.offset
})

type Change = (batch: HostBatch, indices: Int32Array, draw: Draw.Draw) => HostBatch

/** The same dataset with each batch changed; targets are at hand as before. */
export const changed = (dataset: Dataset, name: string, spec: Dataset["spec"], change: Change): Dataset => {
  const { readTargets } = dataset
  return derive(dataset, {
    name: `${dataset.name}/${name}`,
    spec,
    readTargets: readTargets && ((indices) => readTargets.call(dataset, indices)),
    read: (indices, draw) => {
      const batch = dataset.read(indices, draw)
      return Effect.isEffect(batch)
        ? Effect.map(batch, (value) => change(value, indices, draw))
        : change(batch, indices, draw)
    }
  })
}

export const invalid = (dataset: string, problems: ReadonlyArray<DataError>) =>
  Effect.fail(new DatasetInvalid({ dataset, problems }))

/** The images of a batch, alone or by their name. */
export const valuesAt = (batch: HostBatch, field: string | undefined): TypedArray =>
  field === undefined
    ? (batch.inputs as TypedArray)
    : entry(batch.inputs as { readonly [name: string]: TypedArray }, field)

/** A batch of tensors through all operations. */
export const inStep = (recipe: Recipe, images: tf.Tensor, parameters: tf.Tensor, range: Range): tf.Tensor => {
  const [batch, height, width, channels] = images.shape as [number, number, number, number]
  const shape = { height, width, channels }
  let from = 0
  let current = images
  for (const { size, step, name } of recipe) {
    if (step === undefined) throw new Error(`${name} can't be done in a step: use Augment.onHost`)
    const numbers = tf.slice(parameters, [0, from], [batch, size])
    current = step({ images: current, parameters: numbers, shape, range })
    from += size
  }
  return current
}
