/** CIFAR-10 and CIFAR-100 in their binary form: records of one or two labels and 32×32 pixels, channel by channel. */

import { existsSync } from "node:fs"
import * as path from "node:path"
import type { Dataset } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type ImageOptions, optionProblems, rowsOf } from "../pixels.ts"
import { datasetOf, ofValues } from "../Rows.ts"
import { readStored, unpack } from "../readFile.ts"
import { mismatch } from "./checksum.ts"
import type { TrainAndTest } from "./idxSet.ts"

/** What differs between the two sets. */
export interface CifarSet {
  readonly name: string
  readonly classes: ReadonlyArray<string>
  readonly archive: { readonly file: string; readonly sha256: string }
  /** The folder that the archive holds. */
  readonly subfolder: string
  readonly files: { readonly train: ReadonlyArray<string>; readonly test: ReadonlyArray<string> }
  /** Records of each file. */
  readonly records: { readonly train: number; readonly test: number }
  /** Bytes of labels in a record, and which of them is the label. */
  readonly labelBytes: number
  readonly labelByte: number
}

export interface CifarOptions extends ImageOptions {
  readonly verify?: boolean
}

const [side, channels] = [32, 3]
const area = side * side

/** As much as is unpacked of an archive; whole ones have 185 MB. */
const largest = 2 ** 28

/** A file's content, and what it is called in errors. */
interface Content {
  readonly source: string
  readonly bytes: Uint8Array
}

type Contents = (file: string) => Effect.Effect<Content, DataError>

/** What the archive in the folder holds. */
const fromArchive = (archive: string, set: CifarSet, verify: boolean): Effect.Effect<Contents, DataError> =>
  Effect.gen(function* () {
    const stored = yield* readStored(archive)
    const problem = verify
      ? mismatch(archive, stored, { gzip: set.archive.sha256, plain: set.archive.sha256 })
      : undefined
    if (problem !== undefined) return yield* problem
    const tar = yield* unpack(archive, stored, () => largest)
    // Loaded here: streams and archives are much code, which no other set needs.
    const { filesOf } = yield* Effect.promise(() => import("./tarFiles.ts"))
    const files = yield* filesOf(archive, tar, new Set([...set.files.train, ...set.files.test]))
    return (file) => {
      const bytes = files.get(file)
      if (bytes !== undefined) return Effect.succeed({ source: `${archive}, ${file}`, bytes })
      const names = [...files.keys()].join(", ") || "of other names"
      const advice = "Take the binary version."
      return Effect.fail(new DataError({ source: archive, found: `files ${names}`, expected: file, advice }))
    }
  })

/** The files in the folder itself, else in the archive's folder below it, else in the archive. */
const contentsOf = (folder: string, set: CifarSet, verify: boolean): Effect.Effect<Contents, DataError> => {
  const [first = ""] = set.files.train
  const archive = path.join(folder, set.archive.file)
  const place = [folder, path.join(folder, set.subfolder)].find((one) => existsSync(path.join(one, first)))
  if (place === undefined && existsSync(archive)) return fromArchive(archive, set, verify)
  return Effect.succeed((file) => {
    const source = path.join(place ?? folder, file)
    return Effect.map(readStored(source), (bytes) => ({ source, bytes }))
  })
}

/** The problem of a file's records, if there is one. */
const recordProblem = ({ source, bytes }: Content, set: CifarSet, records: number, verify: boolean) => {
  const size = set.labelBytes + channels * area
  const whole = Math.floor(bytes.length / size)
  const fail = (offset: number, found: string, expected: string, advice: string) =>
    new DataError({ source, offset, found, expected, advice })
  const wanted = verify ? records : Math.max(1, whole)
  if (bytes.length !== wanted * size) {
    const expected = `${wanted * size}: ${wanted} images of ${size} bytes`
    return fail(
      Math.min(bytes.length, wanted * size),
      `${bytes.length} bytes`,
      expected,
      "Download the binary version again."
    )
  }
  for (let record = 0; record < whole; record++) {
    const offset = record * size + set.labelByte
    const label = element(bytes, offset)
    if (label < set.classes.length) continue
    const expected = `labels in 0 … ${set.classes.length - 1}`
    return fail(
      offset,
      `the label ${label} (image ${record})`,
      expected,
      `Is this a file of ${set.name}, binary version?`
    )
  }
  return undefined
}

/** Copies records into images [height, width, channels] and labels, from image `first` on. */
const decode = (bytes: Uint8Array, set: CifarSet, pixels: Uint8Array, labels: Uint8Array, first: number): number => {
  const size = set.labelBytes + channels * area
  const records = bytes.length / size
  for (let record = 0; record < records; record++) {
    labels[first + record] = element(bytes, record * size + set.labelByte)
    const from = record * size + set.labelBytes
    const to = (first + record) * area * channels
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < area; pixel++) {
        pixels[to + pixel * channels + channel] = bytes[from + channel * area + pixel]!
      }
    }
  }
  return records
}

const datasetOfFiles = (contents: Contents, set: CifarSet, part: "train" | "test", options: CifarOptions) =>
  Effect.gen(function* () {
    const name = `${set.name}/${part}`
    const read = yield* Effect.forEach(set.files[part], (file) => Effect.result(contents(file)))
    const problems = [...optionProblems(name, options, "ubyte")]
    for (const one of read) {
      const problem = Result.isFailure(one)
        ? one.failure
        : recordProblem(one.success, set, set.records[part], options.verify ?? true)
      if (problem !== undefined) problems.push(problem)
    }
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    const files = read.map(Result.getOrThrow)
    const samples = files.reduce((sum, { bytes }) => sum + bytes.length, 0) / (set.labelBytes + channels * area)
    const [pixels, labels] = [new Uint8Array(samples * area * channels), new Uint8Array(samples)]
    let first = 0
    for (const { bytes } of files) first += decode(bytes, set, pixels, labels, first)
    return datasetOf(samples, {
      name,
      inputs: rowsOf({ dtype: "ubyte", shape: [samples, side, side, channels], values: pixels }, options),
      targets: ofValues(labels, { shape: [], dtype: "int32" }),
      classes: set.classes,
      isChecked: true
    })
  })

/** Both sets, or all problems of their files together. */
export const fromFolder = (
  folder: string,
  set: CifarSet,
  options: CifarOptions
): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  Effect.gen(function* () {
    const contents = yield* Effect.mapError(
      contentsOf(folder, set, options.verify ?? true),
      (problem) => new DatasetInvalid({ dataset: set.name, problems: [problem] })
    )
    const train: Result.Result<Dataset, DatasetInvalid> = yield* Effect.result(
      datasetOfFiles(contents, set, "train", options)
    )
    const test = yield* Effect.result(datasetOfFiles(contents, set, "test", options))
    if (Result.isSuccess(train) && Result.isSuccess(test)) return { train: train.success, test: test.success }
    const problems = [train, test].flatMap((result) => (Result.isFailure(result) ? result.failure.problems : []))
    return yield* new DatasetInvalid({ dataset: set.name, problems })
  })
