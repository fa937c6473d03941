/** Reads a config from a JSON or YAML file, and applies the command line's overrides. */
import { closeSync, openSync, readSync } from "node:fs"
import { ConfigInvalid, type Problem } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as YAML from "yaml"
import { FileUnreadable } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"
import * as YamlText from "./YamlText.ts"

/** The value that YAML (or JSON, which is YAML too) text holds; all its mistakes at once, each with its line. */
export const parse = (text: string, source: string): Effect.Effect<unknown, ConfigInvalid> =>
  Effect.suspend(() =>
    Effect.mapError(Effect.fromResult(YamlText.parse(text)), (problems) => new ConfigInvalid({ source, problems }))
  )

/** The start of a file, a little more than a config may have: a longer file is refused without reading it. */
const readText = (path: string): string => {
  const file = openSync(path, "r")
  try {
    const bytes = Buffer.alloc(YamlText.longest + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null)
    }
    return bytes.toString("utf8", 0, length)
  } finally {
    closeSync(file)
  }
}

export const read = (path: string): Effect.Effect<unknown, ConfigInvalid | FileUnreadable> =>
  Effect.try({
    try: () => readText(path),
    catch: (cause) => new FileUnreadable({ path, what: "config file", reason: fileReason(cause) })
  }).pipe(Effect.flatMap((text) => parse(text, path)))

/** A value for a path of keys, or its problem. */
export interface Override {
  readonly path: ReadonlyArray<string>
  readonly value: unknown
  readonly problem?: Problem
}

/** Text that is no YAML, such as `@etude/lenet-5`, is used literally unless it starts like a list, a map or a quoted text. */
const isPlain = (text: string): boolean => !/^[{["']/.test(text.trim())

const overrideOf = (assignment: string): Override => {
  const flag = `--set ${assignment}`
  const separator = assignment.indexOf("=")
  if (separator < 1) {
    const message = "expected a key of the config and its value, as in --set train.batchSize=128"
    return { path: [], value: undefined, problem: { path: flag, message } }
  }
  const [path, text] = [assignment.slice(0, separator).split("."), assignment.slice(separator + 1)]
  const parsed = YamlText.parse(text)
  if (Result.isSuccess(parsed)) return { path, value: parsed.success }
  if (isPlain(text)) return { path, value: text }
  const message = parsed.failure.map(({ message: why }) => why).join("; ")
  return { path, value: undefined, problem: { path: flag, message } }
}

/**
 * The parts of `--set train.batchSize=128`: a path of keys, and a value in YAML (`0.1`, `true`, `{ _tag: Adam }`). A
 * problem is kept, to be reported with the file's problems.
 */
export const overridesOf = (assignments: ReadonlyArray<string>): ReadonlyArray<Override> => assignments.map(overrideOf)

/** The problems of the overrides. */
export const problemsOf = (overrides: ReadonlyArray<Override>): ReadonlyArray<Problem> =>
  overrides.flatMap(({ problem }) => (problem === undefined ? [] : [problem]))

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null

const put = (document: unknown, [key, ...rest]: ReadonlyArray<string>, value: unknown): unknown => {
  if (key === undefined) return value
  // A key that is no place of a list makes a record of it, which the decoder then refuses with its path.
  if (Array.isArray(document) && /^\d+$/.test(key) && Number(key) <= document.length) {
    return Object.assign([...document], { [key]: put(document[Number(key)], rest, value) })
  }
  const record = isRecord(document) && !Array.isArray(document) ? document : {}
  return { ...record, [key]: put(Object.hasOwn(record, key) ? record[key] : undefined, rest, value) }
}

/** The document with values put at their paths; what is not there yet is made. */
export const override = (document: unknown, overrides: ReadonlyArray<Override>): unknown =>
  overrides
    .filter(({ problem }) => problem === undefined)
    .reduce<unknown>((changed, { path, value }) => put(changed, path, value), document ?? {})

/** A value as YAML text, for people. */
export const toYaml = (value: unknown): string => YAML.stringify(value, { flowCollectionPadding: true })
