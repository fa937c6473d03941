/** Loads the experiment that a config names: a package, or a module by its path, that exports `experiment`. */
import { reasonOf } from "@etude/core/Errors"
import type { Experiment } from "@etude/core/Experiment"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ExperimentNotLoaded } from "./Errors.ts"
import * as Import from "./Import.ts"

/** An experiment of whatever options. */
export type AnyExperiment = Experiment<any, any, unknown> // any: its options' types are known to its own schema only

const isExperiment = (value: unknown): value is AnyExperiment => {
  if (typeof value !== "object" || value === null) return false
  const { name, options, make } = value as Partial<Record<keyof AnyExperiment, unknown>>
  return typeof name === "string" && Schema.isSchema(options) && typeof make === "function"
}

/** The experiment that `use` names, looked up as an import in a file of the folder `from` would be. */
export const load = (use: string, from: string): Effect.Effect<AnyExperiment, ExperimentNotLoaded> =>
  Effect.gen(function* () {
    const refuse = (reason: string, advice: string) => new ExperimentNotLoaded({ use, from, reason, advice })
    const loaded = yield* Effect.promise(() => Import.from(use, from))
    if ("missing" in loaded) {
      return yield* Import.isPath(use)
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
    return yield* experiment === undefined
      ? refuse(
          `it exports ${Import.exportsOf(loaded.module)}, but no \`experiment\``,
          "Export one: `export const experiment = Experiment.make({ name, options, make })`."
        )
      : refuse(
          "its `experiment` has no name, options schema and make",
          "Make it with `Experiment.make` of @etude/core."
        )
  })
