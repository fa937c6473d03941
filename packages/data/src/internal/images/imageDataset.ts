/** Datasets of images: what their options mean, the checks when one is made, and the reading of batches. */
import { type Dataset, type DatasetSpec, type FieldSpec, type HostBatch, zerosLike } from "@etude/core/Dataset"
import { DataError, DatasetInvalid, reasonOf } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Bitmap, type ImageHeader, portable } from "../../ImageDecoder.ts"
import { guarded } from "../Rows.ts"
import { ofBytes } from "./ByteReader.ts"
import { place } from "./fit.ts"
import { type Fault, isFault, readHeader } from "./header.ts"
import {
  elementsOf,
  type ImageOptions,
  normalizer,
  optionProblems,
  type Plan,
  planOf,
  scalingOf
} from "./imageOptions.ts"
import { dataErrorOf, type ImageSource } from "./imageSource.ts"
import { keptPixels } from "./keptPixels.ts"

/** A dataset of image files. */
export interface ImageDataset extends Dataset {
  /** The file of each sample. */
  readonly files: ReadonlyArray<string>
  /** The label of each sample; empty where there are none. */
  readonly labels: Int32Array
  /** Why files were left out, with `onBroken: "skip"`. */
  readonly skipped: ReadonlyArray<DataError>
}

/** The images of a dataset to be made, each with a label where there are any. */
export interface LabelledImages {
  readonly name: string
  readonly source: ImageSource
  readonly labels: Int32Array | undefined
  readonly classes: ReadonlyArray<string> | undefined
  /** What was wrong before the images were looked at. */
  readonly problems: ReadonlyArray<DataError>
}

/** Why an image is refused by its header alone. */
const refusal = (header: ImageHeader, { decoder, maximumPixels }: Plan): Fault | undefined => {
  const { format, width, height } = header
  if (!decoder.formats.includes(format)) {
    const expected = `a format of the decoder ${decoder.name} (${decoder.formats.join(", ")})`
    const advice =
      decoder === portable ? "Convert the file, or install sharp and take `ImageDecoder.sharp`." : "Convert the file."
    return { offset: 0, found: `an image in the format ${format}`, expected, advice }
  }
  if (width === undefined || height === undefined || width * height <= maximumPixels) return undefined
  const number = (value: number) => value.toLocaleString("en-US")
  const found = `${number(width)} × ${number(height)} pixels`
  const expected = `${number(maximumPixels)} pixels at most`
  return { found, expected, advice: "Raise `maximumPixels` if the image is meant to be so large." }
}

const undecodable = (source: string, header: ImageHeader, cause: unknown): DataError =>
  cause instanceof DataError
    ? cause
    : new DataError({
        source,
        found: `${header.format.toUpperCase()} data that can't be decoded (${reasonOf(cause).replace(/\.+$/, "")})`,
        expected: "a whole image",
        advice: "Download or copy the file again, or leave it out.",
        cause
      })

/** The pixels of one image, by its bytes, at `offset` of `out`. */
export const decodeInto = (
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  plan: Plan,
  out: Uint8Array,
  offset: number
): Effect.Effect<void, DataError> =>
  Effect.suspend(() => {
    const header = readHeader(ofBytes(bytes))
    if (isFault(header)) return Effect.fail(dataErrorOf(name, header))
    const fault = refusal(header, plan)
    if (fault !== undefined) return Effect.fail(dataErrorOf(name, fault))
    const { decoder, target, filter, maximumPixels, rotate } = plan
    const seen = rotate ? header : { ...header, orientation: 1 }
    return Effect.tryPromise({
      try: async () => {
        const bitmap: Bitmap = await decoder.decode(bytes, seen, target, maximumPixels)
        place(bitmap, seen.orientation, target, filter, out, offset)
      },
      catch: (cause) => undecodable(name, header, cause)
    })
  })

/** Images between two chances for other fibers. */
const slice = 32

/** What is wrong with each image, by its index. */
const inspected = (source: ImageSource, plan: Plan, check: ImageOptions["check"]) =>
  Effect.gen(function* () {
    const broken = new Map<number, DataError>()
    if (check === "none") return broken
    const out = new Uint8Array(elementsOf(plan))
    for (let index = 0; index < source.length; index++) {
      if (index % slice === slice - 1) yield* Effect.yieldNow
      const header = yield* Effect.result(source.inspect(index))
      const name = source.nameOf(index)
      if (Result.isFailure(header)) broken.set(index, header.failure)
      else {
        const fault = refusal(header.success, plan)
        if (fault !== undefined) broken.set(index, dataErrorOf(name, fault))
        else if (check === "pixels") {
          const decoded = yield* Effect.result(
            Effect.flatMap(source.read(index), (bytes) => decodeInto(name, bytes, plan, out, 0))
          )
          if (Result.isFailure(decoded)) broken.set(index, decoded.failure)
        }
      }
    }
    return broken
  })

/** The samples that stay when the broken images have gone. */
const kept = (length: number, broken: ReadonlyMap<number, DataError>): Int32Array => {
  const indices = new Int32Array(length - broken.size)
  for (let index = 0, to = 0; index < length; index++) if (!broken.has(index)) indices[to++] = index
  return indices
}

const emptied = (name: string, labels: Int32Array, classes: ReadonlyArray<string>): ReadonlyArray<DataError> => {
  const counts = new Int32Array(classes.length)
  for (const label of labels) counts[label]!++
  return classes.flatMap((label, index) =>
    counts[index] !== 0
      ? []
      : [
          new DataError({
            source: `${name}, class ${label}`,
            found: "no image that can be used",
            expected: "one or more",
            advice: "Add images of the class, or leave it out of `classes`."
          })
        ]
  )
}

const nothing = (name: string) =>
  new DataError({
    source: name,
    found: "no image that can be used",
    expected: "one or more",
    advice: "Is it the right folder?"
  })

/** Makes the dataset, or says all that is wrong. */
export const imageDataset = (
  images: LabelledImages,
  options: ImageOptions
): Effect.Effect<ImageDataset, DatasetInvalid> =>
  Effect.gen(function* () {
    const { name, source, classes } = images
    const plan = planOf(options)
    const problems = [...optionProblems(name, options, plan), ...images.problems]
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    const broken = yield* inspected(source, plan, options.check)
    const skipped = [...broken.values()]
    if (skipped.length > 0 && options.onBroken !== "skip") {
      return yield* new DatasetInvalid({ dataset: name, problems: skipped })
    }
    const indices = kept(source.length, broken)
    const { labels: allLabels } = images
    const labels = allLabels && indices.map((index) => element(allLabels, index))
    const missing = [
      ...(indices.length === 0 ? [nothing(name)] : []),
      ...(labels && classes && indices.length > 0 ? emptied(name, labels, classes) : [])
    ]
    if (missing.length > 0) return yield* new DatasetInvalid({ dataset: name, problems: [...skipped, ...missing] })
    if (skipped.length > 0) {
      yield* Effect.logWarning(
        `${name}: left out ${skipped.length} of ${source.length} images.`,
        ...skipped.slice(0, 10).map(({ message }) => message)
      )
    }
    return datasetOf({ ...images, labels }, indices, skipped, options, plan)
  })

const someBytes = new Uint8Array(0)

const datasetOf = (
  { name, source, labels, classes }: LabelledImages,
  indices: Int32Array,
  skipped: ReadonlyArray<DataError>,
  options: ImageOptions,
  plan: Plan
): ImageDataset => {
  const { height, width, channels, fit } = plan.target
  const scaling = scalingOf(options)
  const inputs: FieldSpec = {
    ...{ shape: [height, width, channels], dtype: "float32" },
    ...(scaling !== undefined && scaling !== "perChannel" && { bytes: scaling })
  }
  const spec: DatasetSpec = { inputs, ...(labels && { targets: { shape: [], dtype: "int32" } }) }
  const finish = scaling === "perChannel" ? normalizer(options, channels) : (pixels: Uint8Array) => pixels
  const size = elementsOf(plan)
  const fullName = `${name} (${width}×${height}, ${fit}, ${plan.decoder.name})`
  const labelsOf = labels && ((positions: Int32Array) => positions.map((position) => element(labels, position)))
  const kept = keptPixels(indices.length, size, plan.memory)
  const readOne = (position: number, out: Uint8Array, offset: number): Effect.Effect<void, DataError> =>
    Effect.suspend(() => {
      if (kept.copy(position, out, offset)) return Effect.void
      const index = element(indices, position)
      return Effect.flatMap(source.read(index), (bytes) =>
        decodeInto(source.nameOf(index), bytes, plan, out, offset)
      ).pipe(Effect.tap(() => Effect.sync(() => kept.keep(position, out, offset))))
    })
  const batchOf = (positions: Int32Array, pixels: Uint8Array): HostBatch => ({
    inputs: finish(pixels),
    ...(labelsOf && { targets: labelsOf(positions) })
  })
  const read: Dataset["read"] = (positions, _draw, room = zerosLike) => {
    if (kept.hasAll(positions)) {
      const pixels = room(someBytes, positions.length * size) as Uint8Array
      for (const [row, position] of positions.entries()) kept.copy(position, pixels, row * size)
      return batchOf(positions, pixels)
    }
    return Effect.suspend(() => {
      const pixels = new Uint8Array(positions.length * size)
      const each = (position: number, row: number) => readOne(position, pixels, row * size)
      const all = Effect.forEach(positions, each, { concurrency: plan.concurrency, discard: true })
      return Effect.map(all, () => batchOf(positions, pixels))
    })
  }
  return {
    name: fullName,
    length: indices.length,
    spec,
    ...(classes && { classes }),
    files: Array.from(indices, source.nameOf),
    labels: labels ?? new Int32Array(0),
    skipped,
    ...(plan.decoder.ahead !== undefined && { ahead: plan.decoder.ahead }),
    read: guarded(fullName, indices.length, read),
    ...(labelsOf && { readTargets: labelsOf })
  }
}
