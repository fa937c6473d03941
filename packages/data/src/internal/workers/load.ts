/** Makes the dataset that a module exports, in whatever thread this is called. */
import type { Dataset } from "@etude/core/Dataset"
import { DataError, DatasetInvalid, reasonOf } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Source } from "./protocol.ts"

const invalid = (module: string, found: string, expected: string, advice: string, cause?: unknown) =>
  new DatasetInvalid({
    dataset: module,
    problems: [new DataError({ source: module, found, expected, advice, ...(cause === undefined ? {} : { cause }) })]
  })

const importModule = (module: string): Effect.Effect<{ readonly [name: string]: unknown }, DatasetInvalid> =>
  Effect.tryPromise({
    try: () => import(module),
    catch: (cause) =>
      invalid(
        module,
        `a module that can't be imported (${reasonOf(cause)})`,
        "a module that exports a dataset",
        'Give its URL: `new URL("./data.js", import.meta.url)`.',
        cause
      )
  })

const isDataset = (value: unknown): value is Dataset =>
  typeof value === "object" && value !== null && "read" in value && "length" in value && "spec" in value

/** Calls a function with the options, and waits for an Effect or a promise. */
const settled = Effect.fnUntraced(function* ({ module, options }: Source, exported: unknown) {
  const failed = (cause: unknown) =>
    cause instanceof DatasetInvalid
      ? cause
      : invalid(module, `a failure (${reasonOf(cause)})`, "a dataset", "See its cause.", cause)
  const value: unknown = yield* Effect.try({
    try: () => (typeof exported === "function" ? exported(options) : exported),
    catch: failed
  })
  if (Effect.isEffect(value)) {
    // Whatever the effect of another module may fail with or need beyond a scope becomes a problem of the dataset.
    const making = value as Effect.Effect<unknown, unknown, Scope.Scope>
    return yield* Effect.mapError(making, failed)
  }
  return yield* Effect.tryPromise({ try: async () => value, catch: failed })
})

/** The dataset of a module's export: itself, an Effect or a promise of it, or a function from options to one of these. */
export const load = Effect.fnUntraced(function* (source: Source) {
  const { module, export: name } = source
  const exported = yield* importModule(module)
  if (!Object.hasOwn(exported, name)) {
    const names = Object.keys(exported)
    const exports = names.length === 0 ? "a module without exports" : `the exports ${names.join(", ")}`
    return yield* invalid(
      module,
      exports,
      `the export ${name}`,
      'Name the export of the dataset: `{ export: "train" }`.'
    )
  }
  const value = yield* settled(source, exported[name])
  if (isDataset(value)) return value
  return yield* invalid(
    module,
    `${value === null ? "null" : typeof value} as the export ${name}`,
    "a dataset, an Effect of one, or a function that makes one of its options",
    "Export what makes the dataset."
  )
})
