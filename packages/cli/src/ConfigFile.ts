/** Reads a config from a JSON or YAML file, and puts in what the command line says otherwise. */
import { readFileSync } from "node:fs"
import { ConfigInvalid, type Problem } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as YAML from "yaml"
import { FileUnreadable } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"

const syntaxProblem = (error: YAML.YAMLParseError): Problem => {
  const [at] = error.linePos ?? []
  const message = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "")
  return { path: at === undefined ? "" : `line ${at.line}, column ${at.col}`, message }
}

/** The value that YAML (or JSON, which is YAML too) text holds; all its mistakes at once, each with its line. */
export const parse = (text: string, source: string): Effect.Effect<unknown, ConfigInvalid> =>
  Effect.suspend(() => {
    const document = YAML.parseDocument(text, { prettyErrors: true })
    const problems = document.errors.map(syntaxProblem)
    if (problems.length > 0) return Effect.fail(new ConfigInvalid({ source, problems }))
    try {
      return Effect.succeed(document.toJS() as unknown)
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      return Effect.fail(new ConfigInvalid({ source, problems: [{ path: "", message }] }))
    }
  })

export const read = (path: string): Effect.Effect<unknown, ConfigInvalid | FileUnreadable> =>
  Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) => new FileUnreadable({ path, what: "config file", reason: fileReason(cause) })
  }).pipe(Effect.flatMap((text) => parse(text, path)))

/** A value to put at a path of keys. */
export interface Override {
  readonly path: ReadonlyArray<string>
  readonly value: unknown
}

/** Text that is no YAML, such as `@etude/lenet-5`, is taken for itself unless it begins like something with an end. */
const isPlain = (text: string): boolean => !/^[{["']/.test(text.trim())

/** What `--set train.batchSize=128` says: a path of keys, and a value in YAML (`0.1`, `true`, `{ _tag: Adam }`). */
export const overridesOf = (set: {
  readonly [key: string]: string
}): Effect.Effect<ReadonlyArray<Override>, ConfigInvalid> =>
  Effect.forEach(Object.entries(set), ([key, text]) =>
    parse(text, `--set ${key}=${text}`).pipe(
      Effect.catch((error) => (isPlain(text) ? Effect.succeed<unknown>(text) : Effect.fail(error))),
      Effect.map((value) => ({ path: key.split("."), value }))
    )
  )

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
  overrides.reduce<unknown>((changed, { path, value }) => put(changed, path, value), document ?? {})

/** A value as YAML text, for people. */
export const toYaml = (value: unknown): string => YAML.stringify(value, { flowCollectionPadding: true })
