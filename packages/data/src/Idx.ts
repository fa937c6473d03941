/**
 * IDX files, the format of MNIST, Fashion-MNIST, KMNIST and EMNIST: one file of images and one of labels, plain or
 * gzipped (which is seen from the content, not from the name). Pixels stay the uint8 they are until they are in the step; a
 * batch is copied row by row, and padded on the way.
 */

import * as path from "node:path"
import { type Dataset, zerosLike } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { entry } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decode, dtypes, type IdxArray, type IdxDtype, sizeOf } from "./internal/idxFormat.ts"
import { type ImageOptions, type Normalize, optionProblems, rowsOf } from "./internal/pixels.ts"
import { datasetOf, ofValues } from "./internal/Rows.ts"
import { readStored, unpack } from "./internal/readFile.ts"
import { type Checksum, mismatch } from "./internal/sets/checksum.ts"

export { type Checksum, decode, type IdxArray, type IdxDtype, type ImageOptions, type Normalize }

/**
 * The content of an IDX file, unchanged. Fails with a `DataError` that names the file, the byte, and what was expected.
 */
export const read = (file: string): Effect.Effect<IdxArray, DataError> => readVerified(file, {})

/** The same, and the error of a file that is whole but not the published one. */
const readVerified = (file: string, checksum: Checksum): Effect.Effect<IdxArray, DataError> =>
  Effect.gen(function* () {
    const stored = yield* readStored(file)
    const array = yield* Effect.fromResult(decode(yield* unpack(file, stored, sizeOf), file))
    const problem = mismatch(file, stored, checksum)
    return problem === undefined ? array : yield* problem
  })

export interface IdxOptions extends ImageOptions {
  /** The file of images: [samples, height, width] or [samples, height, width, channels]. */
  readonly images: string
  /** The file of labels: [samples], integers. Without it the dataset has no targets. */
  readonly labels?: string
  /** Class names by label; a label without a name is an error. */
  readonly classes?: ReadonlyArray<string>
  /** The label of the first class in the file, which becomes 0. Default: 0; EMNIST's letters count from 1. */
  readonly firstLabel?: number
  /** Whether each image is stored column by column, as EMNIST's are; it is turned upright once. Default: false. */
  readonly transposed?: boolean
  /** SHA-256 of the files as published; a file of another one is an error. Default: none is compared. */
  readonly checksums?: { readonly images?: Checksum; readonly labels?: Checksum }
  /** Default: the images' file name. */
  readonly name?: string
}

/**
 * A dataset of images and labels in IDX files: inputs float32 [height, width, channels] (with the padding), targets
 * int32 labels of shape []. Everything is read and checked now and held in memory as it was in the file. Fails with
 * `DatasetInvalid`, one `DataError` for each file or option that is wrong: missing, a folder, cut, damaged, too long, of
 * another format, images and labels swapped, unequal in number, or labels that have no name.
 */
export const images = (options: IdxOptions): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.gen(function* () {
    const name = options.name ?? path.basename(options.images)
    const [pixels, labels] = yield* Effect.all(
      [Effect.result(readImages(options)), Effect.result(readLabels(options))],
      { concurrency: 2 }
    )
    const dtype = Result.isSuccess(pixels) ? pixels.success.dtype : undefined
    const problems: Array<DataError> = [...optionProblems(name, options, dtype)]
    if (Result.isFailure(pixels)) problems.push(pixels.failure)
    if (Result.isFailure(labels)) problems.push(labels.failure)
    if (Result.isSuccess(pixels) && Result.isSuccess(labels) && labels.success !== undefined) {
      const [found, wanted] = [sideOf(labels.success.shape, 0), sideOf(pixels.success.shape, 0)]
      if (found !== wanted) {
        problems.push(
          new DataError({
            source: options.labels ?? options.images,
            offset: 4,
            found: `${found} labels`,
            expected: `${wanted}, one for each image in ${options.images}`,
            advice: "Take both files from the same set: train with train, test with test."
          })
        )
      }
    }
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    const array = options.transposed === true ? upright(Result.getOrThrow(pixels)) : Result.getOrThrow(pixels)
    const targets = Result.getOrThrow(labels)
    return datasetOf(sideOf(array.shape, 0), {
      name,
      inputs: rowsOf(array, options),
      targets: targets && ofValues(targets.values, { shape: [], dtype: "int32" }),
      classes: options.classes,
      isChecked: true
    })
  })

const swapped = "Are `images` and `labels` swapped?"

/** Images [height, width, …] of those that were stored as [width, height, …]. */
const upright = ({ dtype, shape, values }: IdxArray): IdxArray => {
  const [samples, width, height] = [sideOf(shape, 0), sideOf(shape, 1), sideOf(shape, 2)]
  const channels = shape[3] ?? 1
  const turned = zerosLike(values, values.length)
  let to = 0
  for (let sample = 0; sample < samples; sample++) {
    const first = sample * width * height * channels
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = first + (x * height + y) * channels
        for (let channel = 0; channel < channels; channel++) turned[to++] = values[from + channel]!
      }
    }
  }
  return { dtype, shape: [samples, height, width, ...shape.slice(3)], values: turned }
}

const readImages = ({ images: file, checksums }: IdxOptions): Effect.Effect<IdxArray, DataError> =>
  Effect.flatMap(readVerified(file, checksums?.images ?? {}), (array) => {
    const dimensions = array.shape.length
    if (dimensions === 3 || dimensions === 4) return Effect.succeed(array)
    return Effect.fail(
      new DataError({
        source: file,
        offset: 3,
        found: `${array.dtype} values of shape [${array.shape.join(", ")}]`,
        expected: "images: 3 dimensions, or 4 with channels",
        advice: dimensions === 1 ? swapped : "Use `Idx.read` and `Arrays.fromArrays` for data other than images."
      })
    )
  })

const byName = Object.fromEntries(Object.values(dtypes).map((known) => [known.name, known]))

const readLabels = (options: IdxOptions): Effect.Effect<IdxArray | undefined, DataError> => {
  const { labels: file, firstLabel = 0, checksums } = options
  if (file === undefined) return Effect.succeed(undefined)
  return Effect.flatMap(readVerified(file, checksums?.labels ?? {}), (array) => {
    const { dtype, shape, values } = array
    const fail = (offset: number, found: string, expected: string, advice: string) =>
      Effect.fail(new DataError({ source: file, offset, found, expected, advice }))
    if (shape.length !== 1) {
      const advice =
        shape.length >= 3 ? swapped : "Use `Idx.read` and `Arrays.fromArrays` for labels of several numbers."
      return fail(3, `${dtype} values of shape [${shape.join(", ")}]`, "labels: 1 dimension", advice)
    }
    if (values instanceof Float32Array)
      return fail(2, `${dtype} values`, "labels that are integers", "Convert the labels.")
    const end = firstLabel + (options.classes?.length ?? Number.POSITIVE_INFINITY)
    const index = values.findIndex((label) => label < firstLabel || label >= end)
    if (index < 0) {
      return Effect.succeed(firstLabel === 0 ? array : { ...array, values: values.map((label) => label - firstLabel) })
    }
    const range =
      options.classes === undefined ? `labels of at least ${firstLabel}` : `labels in ${firstLabel} … ${end - 1}`
    const { bytes } = entry(byName, dtype)
    return fail(
      8 + index * bytes,
      `the label ${values[index]} (sample ${index})`,
      range,
      firstLabel === 0 ? "Name every class, counting from 0." : "Name every class; `firstLabel` is the first one's."
    )
  })
}
