/** Reads a config from a JSON or YAML file, and puts in what the command line says otherwise. */
import { readFileSync } from "node:fs"
import { ConfigInvalid, type Problem } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as YAML from "yaml"
import { FileUnreadable } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"

const syntaxProblem = (error: YAML.YAMLParseError): Problem => {
  const [at] = error.linePos ?? []
  const message = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "")
  return { path: at === undefined ? "" : `line ${at.line}, column ${at.col}`, message }
}

const parsedOf = (text: string): Result.Result<unknown, ReadonlyArray<Problem>> => {
  const document = YAML.parseDocument(text, { prettyErrors: true })
  if (document.errors.length > 0) return Result.fail(document.errors.map(syntaxProblem))
  try {
    return Result.succeed(document.toJS() as unknown)
  } catch (cause) {
    return Result.fail([{ path: "", message: cause instanceof Error ? cause.message : String(cause) }])
  }
}

/** The value that YAML (or JSON, which is YAML too) text holds; all its mistakes at once, each with its line. */
export const parse = (text: string, source: string): Effect.Effect<unknown, ConfigInvalid> =>
  Effect.suspend(() =>
    Effect.mapError(Effect.fromResult(parsedOf(text)), (problems) => new ConfigInvalid({ source, problems }))
  )

export const read = (path: string): Effect.Effect<unknown, ConfigInvalid | FileUnreadable> =>
  Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) => new FileUnreadable({ path, what: "config file", reason: fileReason(cause) })
  }).pipe(Effect.flatMap((text) => parse(text, path)))

/** A value to put at a path of keys; or what is wrong with it. */
export interface Override {
  readonly path: ReadonlyArray<string>
  readonly value: unknown
  readonly problem?: Problem
}

/** Text that is no YAML, such as `@etude/lenet-5`, is taken for itself unless it begins like something with an end. */
const isPlain = (text: string): boolean => !/^[{["']/.test(text.trim())

const overrideOf = (assignment: string): Override => {
  const flag = `--set ${assignment}`
  const separator = assignment.indexOf("=")
  if (separator < 1) {
    const message = "expected a key of the config and its value, as in --set train.batchSize=128"
    return { path: [], value: undefined, problem: { path: flag, message } }
  }
  const [path, text] = [assignment.slice(0, separator).split("."), assignment.slice(separator + 1)]
  const parsed = parsedOf(text)
  if (Result.isSuccess(parsed)) return { path, value: parsed.success }
  if (isPlain(text)) return { path, value: text }
  const message = parsed.failure.map(({ message: why }) => why).join("; ")
  return { path, value: undefined, problem: { path: flag, message } }
}

/**
 * What `--set train.batchSize=128` says: a path of keys, and a value in YAML (`0.1`, `true`, `{ _tag: Adam }`). What is wrong is
 * kept, to be told with all that is wrong with the file.
 */
export const overridesOf = (assignments: ReadonlyArray<string>): ReadonlyArray<Override> => assignments.map(overrideOf)

/** The problems of what the command line says. */
export const problemsOf = (overrides: ReadonlyArray<Override>): ReadonlyArray<Problem> =>
  overrides.flatMap(({ problem }) => (problem === undefined ? [] : [problem]))

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null

const put = (document: unknown, [key, ...rest]: ReadonlyArray<string>, value: unknown): unknown => {
  if (key === undefined) return value
  if (Array.isArray(document)) {
    return Object.assign([...document], { [key]: put(document[Number(key)], rest, value) })
  }
  const record = isRecord(document) ? document : {}
  return { ...record, [key]: put(record[key], rest, value) }
}

/** The document with values put at their paths; what is not there yet is made. */
export const override = (document: unknown, overrides: ReadonlyArray<Override>): unknown =>
  overrides
    .filter(({ problem }) => problem === undefined)
    .reduce<unknown>((changed, { path, value }) => put(changed, path, value), document ?? {})

/** A value as YAML text, for people. */
export const toYaml = (value: unknown): string => YAML.stringify(value, { flowCollectionPadding: true })
