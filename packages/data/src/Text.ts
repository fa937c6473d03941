/**
 * Datasets of text: windows of a long sequence of tokens for language models, and documents of one length, with a mask,
 * for classification. Tokens come from a `Tokenizer`, in memory or (`TextFile`) from a file of any size.
 */

import type { Dataset, HostBatch, Room, TypedArray } from "@etude/core/Dataset"
import { zerosLike } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { datasetOf, guarded, type Rows } from "./internal/Rows.ts"
import { dtypeFor, growing, type Ids } from "./internal/text/ids.ts"
import { decodeUtf8 } from "./internal/text/utf8.ts"
import type { Tokenizer } from "./Tokenizer.ts"

/** The text of UTF-8 bytes, without a byte order mark. Fails with a `DataError` that names the first wrong byte. */
export const decode = (utf8: Uint8Array, source: string): Effect.Effect<string, DataError> =>
  Effect.suspend(() => Effect.fromResult(decodeUtf8(utf8, source)))

/** A long sequence of ids, of which any part can be read. */
export interface Tokens {
  readonly name: string
  readonly length: number
  /** Whether all ids are below 256, and read as bytes. */
  readonly areBytes: boolean
  /** For each start, the ids at [start, start + length), one part after another. */
  readonly read: (starts: Float64Array, length: number) => Ids | Effect.Effect<Ids, DataError>
}

export interface WindowsOptions {
  /** Tokens of one sample: its inputs, and as many targets. */
  readonly length: number
  /** Tokens from the start of one window to the start of the next. Default: `length`, so that no input is in two. */
  readonly stride?: number
  /** Default: "windows", or the name of the tokens. */
  readonly name?: string
}

const isTokens = (tokens: Ids | Tokens): tokens is Tokens => !ArrayBuffer.isView(tokens)

/** Ids in memory, which are held, not copied. */
const inMemory = (ids: Ids): Tokens => ({
  name: "windows",
  length: ids.length,
  areBytes: ids instanceof Uint8Array,
  read: (starts, length) => {
    const parts =
      ids instanceof Uint8Array ? new Uint8Array(starts.length * length) : new Int32Array(starts.length * length)
    starts.forEach((start, index) => {
      parts.set(ids.subarray(start, start + length), index * length)
    })
    return parts
  }
})

const windowProblems = (name: string, { length, stride = length }: WindowsOptions, tokens: number) => {
  const problems: Array<DataError> = []
  const check = (option: string, value: number) => {
    if (Number.isSafeInteger(value) && value >= 1) return
    problems.push(
      new DataError({
        source: `${name}.${option}`,
        found: `${value}`,
        expected: "a whole number of tokens, 1 or more",
        advice: "A character model begins with a length of 64 to 256."
      })
    )
  }
  check("length", length)
  if (stride !== length) check("stride", stride)
  if (problems.length === 0 && tokens < length + 1) {
    problems.push(
      new DataError({
        source: name,
        found: `a text of ${tokens} tokens`,
        expected: `${length + 1} or more: a window of ${length}, and the token after it`,
        advice: "Take shorter windows or more text."
      })
    )
  }
  return problems
}

/** Parts of `length` + 1 ids as inputs and, one token later, targets. */
const shifted = (parts: Ids, samples: number, length: number, like: TypedArray, room: Room): HostBatch => {
  const [inputs, targets] = [room(like, samples * length), room(like, samples * length)]
  for (let index = 0; index < samples; index++) {
    const start = index * (length + 1)
    inputs.set(parts.subarray(start, start + length), index * length)
    targets.set(parts.subarray(start + 1, start + length + 1), index * length)
  }
  return { inputs, targets }
}

/**
 * Windows of a sequence of tokens, for a model that predicts the next one: inputs int32 [length] and targets int32
 * [length], which are the inputs one token later. Window i begins at token i · stride; there are ⌊(tokens − length − 1) /
 * stride⌋ + 1, and tokens after the last one are left out. Typed arrays are held, not copied: don't change them afterwards.
 *
 * Fails with `DatasetInvalid` for a length or stride that is no whole number above 0, and for fewer tokens than one window
 * needs. `softmaxCrossEntropy` of logits [batch, length, size] takes such targets.
 *
 * ```ts
 * const windows = Text.windows(Int32Array.of(5, 6, 7, 8, 9), { length: 2 })
 * // [5, 6] → [6, 7], [7, 8] → [8, 9]
 * ```
 */
export const windows = (source: Ids | Tokens, options: WindowsOptions): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const tokens = isTokens(source) ? source : inMemory(source)
    const { length, stride = length, name = tokens.name } = options
    const problems = windowProblems(name, options, tokens.length)
    if (problems.length > 0) return Effect.fail(new DatasetInvalid({ dataset: name, problems }))
    const samples = Math.floor((tokens.length - length - 1) / stride) + 1
    const like = tokens.areBytes ? new Uint8Array(0) : new Int32Array(0)
    const spec = { shape: [length], dtype: "int32" } as const
    const read: Dataset["read"] = (indices, _draw, room = zerosLike) => {
      const starts = Float64Array.from(indices, (index) => index * stride)
      const parts = tokens.read(starts, length + 1)
      return Effect.isEffect(parts)
        ? Effect.map(parts, (ids) => shifted(ids, indices.length, length, like, zerosLike))
        : shifted(parts, indices.length, length, like, room)
    }
    return Effect.succeed<Dataset>({
      name,
      length: Math.min(samples, 2 ** 31 - 1),
      spec: { inputs: spec, targets: spec },
      isChecked: true,
      read: guarded(name, samples, read)
    })
  })

export interface DocumentsOptions {
  readonly tokenizer: Tokenizer
  /** Tokens of each sample: longer documents are truncated, shorter ones padded at their end. */
  readonly length: number
  /** Which part of a document that is too long is kept, without its special tokens, which stay. Default: "start". */
  readonly keep?: "start" | "end"
  /** The id that fills up. Default: the tokenizer's own padding, else 0; the mask says what it is. */
  readonly padding?: number
  /** Class names by label. Default: the different labels in alphabetical order, where labels are text. */
  readonly classes?: ReadonlyArray<string>
  /** Default: "documents". */
  readonly name?: string
}

/** As many problems as are reported of one input. */
const reported = 50

/** Encoded texts one after another, and where each ends. */
interface Encoded {
  readonly ids: Ids
  readonly ends: Float64Array
}

/** The tokens that a document keeps: all special ones around it, and what fits of the others. */
const truncated = (whole: Int32Array, plain: Int32Array, length: number, keep: "start" | "end"): Int32Array => {
  if (whole.length <= length) return whole
  const room = Math.max(0, length - (whole.length - plain.length))
  const kept = keep === "start" ? plain.subarray(0, room) : plain.subarray(plain.length - room)
  const begin = whole.findIndex((_, index) => plain.every((id, offset) => whole[index + offset] === id))
  if (begin < 0) return keep === "start" ? whole.subarray(0, length) : whole.subarray(whole.length - length)
  return Int32Array.of(...whole.subarray(0, begin), ...kept, ...whole.subarray(begin + plain.length)).subarray(
    0,
    length
  )
}

const encodeAll = (texts: ReadonlyArray<string>, options: DocumentsOptions, name: string, problems: Array<DataError>) =>
  Effect.gen(function* () {
    const { tokenizer, length, keep = "start" } = options
    const packed = growing(dtypeFor(tokenizer.size))
    const ends = new Float64Array(texts.length)
    for (const [index, text] of texts.entries()) {
      const encode = Effect.gen(function* () {
        const whole = yield* tokenizer.encode(text, { specials: true })
        return whole.length <= length ? whole : truncated(whole, yield* tokenizer.encode(text), length, keep)
      })
      const ids = yield* Effect.result(encode)
      if (Result.isSuccess(ids)) packed.add(ids.success)
      else {
        const { found, expected, advice } = ids.failure
        problems.push(new DataError({ source: `${name}, text ${index}`, found, expected, advice }))
        if (problems.length >= reported) break
      }
      ends[index] = packed.length()
      if (index % 256 === 255) yield* Effect.yieldNow
    }
    return { ids: packed.all(), ends } satisfies Encoded
  })

/** Tokens or mask of documents as rows. */
const rowsOf = ({ ids, ends }: Encoded, length: number, padding: number | undefined): Rows => {
  const isMask = padding === undefined
  const areBytes = isMask || (ids instanceof Uint8Array && padding < 256)
  const like = areBytes ? new Uint8Array(0) : new Int32Array(0)
  return {
    spec: { shape: [length], dtype: isMask ? "float32" : "int32" },
    length: ends.length,
    gather: (indices, room = zerosLike) => {
      const rows = room(like, indices.length * length).fill(padding ?? 0)
      indices.forEach((index, row) => {
        const [begin, end] = [index === 0 ? 0 : element(ends, index - 1), element(ends, index)]
        if (isMask) rows.fill(1, row * length, row * length + end - begin)
        else rows.set(ids.subarray(begin, end), row * length)
      })
      return rows
    }
  }
}

type Labels = ReadonlyArray<string> | ReadonlyArray<number> | Int32Array

const classesOf = (labels: Labels): ReadonlyArray<string> | undefined =>
  typeof labels[0] === "string" ? [...new Set(Array.from(labels, String))].sort() : undefined

/** The labels as numbers; those that have no name are problems. */
const labelRows = (
  name: string,
  labels: Labels,
  classes: ReadonlyArray<string> | undefined,
  problems: Array<DataError>
): Rows => {
  const numberOf = new Map(classes?.map((label, index) => [label, index]))
  const limit = classes?.length ?? 2 ** 31
  const values = Int32Array.from(labels as ReadonlyArray<string | number>, (label, index) => {
    const value = typeof label === "string" ? numberOf.get(label) : label
    if (value !== undefined && Number.isInteger(value) && value >= 0 && value < limit) return value
    if (problems.length < reported) {
      problems.push(
        new DataError({
          source: `${name}, label ${index}`,
          found: JSON.stringify(label) ?? String(label),
          expected: classes === undefined ? "a whole number, 0 or more" : `one of ${classes.slice(0, 20).join(", ")}`,
          advice: "Name every class in `classes`; numbers count from 0."
        })
      )
    }
    return 0
  })
  return {
    spec: { shape: [], dtype: "int32" },
    length: values.length,
    gather: (indices, room = zerosLike) => {
      const rows = room(values, indices.length)
      indices.forEach((index, row) => {
        rows[row] = element(values, index)
      })
      return rows
    }
  }
}

const optionProblems = (name: string, texts: number, labels: number | undefined, options: DocumentsOptions) => {
  const { length, padding = 0 } = options
  const problems: Array<DataError> = []
  const problem = (source: string, found: string, expected: string, advice: string) =>
    problems.push(new DataError({ source, found, expected, advice }))
  const isWhole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least && value < 2 ** 31
  if (!isWhole(length, 1)) problem(`${name}.length`, `${length}`, "a whole number of tokens, 1 or more", "Try 128.")
  if (!isWhole(padding, 0)) problem(`${name}.padding`, `${padding}`, "an id, 0 or more", "Leave it out.")
  if (texts === 0) problem(name, "no text", "1 or more", "Look at where the texts come from.")
  if (labels !== undefined && labels !== texts) {
    problem(name, `${labels} labels`, `${texts}, one for each text`, "Texts and labels must be in the same order.")
  }
  return problems
}

/**
 * Documents of one length, for classification. Inputs are a record: `tokens` int32 [length], with special tokens where the
 * tokenizer has them, and `mask` float32 [length], 1 where there is a token and 0 where there is padding; the model
 * decides what the mask leaves out, such as of an average. Targets are int32 labels of shape []; without labels there are
 * none. A text without a token is padding only. All is encoded now, and held in as few bytes as the vocabulary needs.
 *
 * Fails with `DatasetInvalid`, with one `DataError` for each text that can't be encoded (50 at most), each label without
 * a name, unequal numbers, and each option that is wrong.
 */
export const documents = (
  texts: ReadonlyArray<string>,
  labels: Labels | undefined,
  options: DocumentsOptions
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.gen(function* () {
    const { tokenizer, length, name = "documents", padding = tokenizer.padding ?? 0 } = options
    const problems = optionProblems(name, texts.length, labels?.length, options)
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    const classes = options.classes ?? (labels && classesOf(labels))
    const targets = labels && labelRows(name, labels, classes, problems)
    const encoded = yield* encodeAll(texts, options, name, problems)
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    return datasetOf(texts.length, {
      name,
      inputs: { tokens: rowsOf(encoded, length, padding), mask: rowsOf(encoded, length, undefined) },
      targets,
      classes,
      isChecked: true
    })
  })
