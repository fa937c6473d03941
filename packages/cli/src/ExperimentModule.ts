/** Loads the experiment that a config names: a package, or a module by its path, that exports `experiment`. */
import { registerHooks } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { reasonOf } from "@etude/core/Errors"
import type { Experiment } from "@etude/core/Experiment"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ExperimentNotLoaded } from "./Errors.ts"

/** An experiment of whatever options. */
export type AnyExperiment = Experiment<any, any, unknown> // any: its options' types are known to its own schema only

const isPath = (use: string) => /^(\.{1,2}[/\\]|[/\\]|[A-Za-z]:[/\\])/.test(use)

const isExperiment = (value: unknown): value is AnyExperiment => {
  if (typeof value !== "object" || value === null) return false
  const { name, options, make } = value as Partial<Record<keyof AnyExperiment, unknown>>
  return typeof name === "string" && Schema.isSchema(options) && typeof make === "function"
}

const scheme = "etude-experiment:"

/** Imports a module as if a file in `from` did; fails apart when the module itself is not found. */
const importFrom = async (
  specifier: string,
  from: string
): Promise<{ readonly module: object } | { readonly missing: unknown } | { readonly broken: unknown }> => {
  const parentURL = pathToFileURL(path.join(from, "_")).href
  let missing: { readonly missing: unknown } | undefined
  const hooks = registerHooks({
    resolve: (asked, context, next) => {
      if (!asked.startsWith(scheme)) return next(asked, context)
      try {
        return next(asked.slice(scheme.length), { ...context, parentURL })
      } catch (cause) {
        missing = { missing: cause }
        throw cause
      }
    }
  })
  try {
    return { module: (await import(`${scheme}${specifier}`)) as object }
  } catch (broken) {
    return missing ?? { broken }
  } finally {
    hooks.deregister()
  }
}

/** The experiment that `use` names, looked up as an import in a file of the folder `from` would be. */
export const load = (use: string, from: string): Effect.Effect<AnyExperiment, ExperimentNotLoaded> =>
  Effect.gen(function* () {
    const refuse = (reason: string, advice: string) => new ExperimentNotLoaded({ use, from, reason, advice })
    const specifier = isPath(use) ? pathToFileURL(path.resolve(from, use)).href : use
    const loaded = yield* Effect.promise(() => importFrom(specifier, from))
    if ("missing" in loaded) {
      return yield* isPath(use)
        ? refuse(
            "there is no such module",
            "A path is relative to the config file and has its extension, as in ./experiment.ts."
          )
        : refuse(
            "it is not found there",
            `Install the package, or write a path that begins with ./ (${reasonOf(loaded.missing).split("\n")[0]}).`
          )
    }
    if ("broken" in loaded) {
      return yield* refuse("its module throws while it is loaded", reasonOf(loaded.broken))
    }
    const { experiment } = loaded.module as { readonly experiment?: unknown }
    if (isExperiment(experiment)) return experiment
    const names = Object.keys(loaded.module)
    const exported = names.slice(0, 8).join(", ") + (names.length > 8 ? ", …" : "")
    return yield* experiment === undefined
      ? refuse(
          `it exports ${names.length === 0 ? "nothing" : exported}, but no \`experiment\``,
          "Export one: `export const experiment = Experiment.make({ name, options, make })`."
        )
      : refuse(
          "its `experiment` has no name, options schema and make",
          "Make it with `Experiment.make` of @etude/core."
        )
  })
