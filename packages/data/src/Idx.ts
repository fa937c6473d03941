/**
 * IDX files, the format of MNIST, Fashion-MNIST, KMNIST and EMNIST: one file of images and one of labels, plain or
 * gzipped (which is seen from the content, not from the name). Pixels stay the uint8 they are until they are in the step; a
 * batch is copied row by row, and padded on the way.
 */

import * as path from "node:path"
import type { Dataset } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { entry } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decode, dtypes, type IdxArray, type IdxDtype, sizeOf } from "./internal/idxFormat.ts"
import { datasetOf, ofImages, ofValues, type Rows } from "./internal/Rows.ts"
import { readFile } from "./internal/readFile.ts"

export { decode, type IdxArray, type IdxDtype }

/**
 * The content of an IDX file, unchanged. Fails with a `DataError` that names the file, the byte, and what was expected.
 */
export const read = (file: string): Effect.Effect<IdxArray, DataError> =>
  Effect.flatMap(readFile(file, sizeOf), (bytes) => Effect.fromResult(decode(bytes, file)))

/**
 * How a pixel becomes an input. `"unit"`: x/255, in [0, 1], for ubyte files. `{ mean, deviation }`:
 * (x/255 − mean)/deviation for ubyte files, so both are on the unit scale (MNIST: 0.1307 and 0.3081), and
 * (x − mean)/deviation for files of any other dtype. Bytes are normalized in the step, in float32: x·s + o with
 * s = 1/(255·deviation) and o = −mean/deviation, on every backend with the same bits.
 */
export type Normalize = "unit" | { readonly mean: number; readonly deviation: number }

/** The treatment of images while they are read. */
export interface ImageOptions {
  /** Default: unchanged pixels, 0 to 255 for ubyte files. */
  readonly normalize?: Normalize
  /** Pixels of background (0 in the file, normalized like any other) added on each of the four sides. Default: 0. */
  readonly pad?: number
}

export interface IdxOptions extends ImageOptions {
  /** The file of images: [samples, height, width] or [samples, height, width, channels]. */
  readonly images: string
  /** The file of labels: [samples], integers. Without it the dataset has no targets. */
  readonly labels?: string
  /** Class names by label; a label without a name is an error. */
  readonly classes?: ReadonlyArray<string>
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
      [Effect.result(readImages(options.images)), Effect.result(readLabels(options))],
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
    const array = Result.getOrThrow(pixels)
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

const readImages = (file: string): Effect.Effect<IdxArray, DataError> =>
  Effect.flatMap(read(file), (array) => {
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
  const file = options.labels
  if (file === undefined) return Effect.succeed(undefined)
  return Effect.flatMap(read(file), (array) => {
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
    const classes = options.classes?.length ?? Number.POSITIVE_INFINITY
    const index = values.findIndex((label) => label < 0 || label >= classes)
    if (index < 0) return Effect.succeed(array)
    const range = options.classes === undefined ? "labels of at least 0" : `labels in 0 … ${classes - 1}`
    const { bytes } = entry(byName, dtype)
    return fail(
      8 + index * bytes,
      `the label ${values[index]} (sample ${index})`,
      range,
      "Name every class, counting from 0."
    )
  })
}

/** Every problem of the options; `dtype` is that of the images' file, if it could be read. */
const optionProblems = (name: string, options: ImageOptions, dtype: IdxDtype | undefined): ReadonlyArray<DataError> => {
  const { normalize, pad = 0 } = options
  const problems: Array<DataError> = []
  const problem = (option: string, found: string, expected: string, advice: string) =>
    problems.push(new DataError({ source: `${name}.${option}`, found, expected, advice }))
  if (!(Number.isSafeInteger(pad) && pad >= 0)) problem("pad", `${pad}`, "0 or more whole pixels", "LeNet-5 pads by 2.")
  if (normalize === "unit") {
    if (dtype !== undefined && dtype !== "ubyte") {
      problem("normalize", `"unit"`, `{ mean, deviation } for ${dtype} values`, "Only ubyte pixels have a known range.")
    }
  } else if (normalize !== undefined) {
    const { mean, deviation } = normalize
    if (!Number.isFinite(mean)) problem("normalize.mean", `${mean}`, "a finite number", "0 leaves the mean unchanged.")
    if (!(deviation > 0 && deviation < Number.POSITIVE_INFINITY)) {
      problem("normalize.deviation", `${deviation}`, "a finite number above 0", "1 leaves the scale unchanged.")
    }
  }
  return problems
}

/** The images as rows; those that are not ubyte are normalized here, others in the step. */
const rowsOf = ({ dtype, shape, values }: IdxArray, { normalize, pad = 0 }: ImageOptions): Rows => {
  const layout = { height: sideOf(shape, 1), width: sideOf(shape, 2), channels: shape[3] ?? 1, pad }
  if (normalize === undefined) {
    return ofImages(values instanceof Int32Array ? new Float32Array(values) : values, { ...layout, background: 0 })
  }
  const { mean, deviation } = normalize === "unit" ? { mean: 0, deviation: 1 } : normalize
  if (dtype === "ubyte") {
    const bytes = { scale: 1 / (255 * deviation), offset: -mean / deviation }
    return ofImages(values, { ...layout, background: 0, bytes })
  }
  const normalized = Float32Array.from(values, (value) => (value - mean) / deviation)
  return ofImages(normalized, { ...layout, background: -mean / deviation })
}
