/** Loads the experiment that a config names: a package, or a module by its path, that exports `experiment`. */
import { reasonOf } from "@etude/core/Errors"
import type { Experiment } from "@etude/core/Experiment"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ExperimentNotLoaded } from "./Errors.ts"
import * as Import from "./Import.ts"
import * as Workspace from "./Workspace.ts"

/** An experiment of whatever options. */
export type AnyExperiment = Experiment<any, any, unknown> // any: its options' types are known to its own schema only

const isExperiment = (value: unknown): value is AnyExperiment => {
  if (typeof value !== "object" || value === null) return false
  const { name, options, make } = value as Partial<Record<keyof AnyExperiment, unknown>>
  return typeof name === "string" && Schema.isSchema(options) && typeof make === "function"
}

/** An experiment, and the folder in which its name was found. */
export interface Located {
  readonly experiment: AnyExperiment
  readonly from: string
}

interface SearchPlace {
  readonly folder: string
  /** What a run keeps as `from`. */
  readonly from: string
}

/** What the first place gives in which the module is; what the very first says where it is in none. */
const firstOf = Effect.fnUntraced(function* (use: string, places: ReadonlyArray<SearchPlace>) {
  const tries: Array<{ readonly loaded: Import.Imported; readonly place: SearchPlace }> = []
  for (const place of places) {
    const loaded = yield* Effect.promise(() => Import.from(use, place.folder))
    if (!("missing" in loaded)) return { loaded, place }
    tries.push({ loaded, place })
  }
  return element(tries, 0)
})

/**
 * The experiment that `use` names, looked up as an import in a file of the folder `from` would be. A package that is not found
 * there is looked for in the working folder, and among the packages of the workspace around either.
 */
export const load = (
  use: string,
  from: string,
  working: string = process.cwd()
): Effect.Effect<Located, ExperimentNotLoaded> =>
  Effect.gen(function* () {
    const refuse = (reason: string, advice: string) => new ExperimentNotLoaded({ use, from, reason, advice })
    const unwanted = Import.refusal(use)
    if (unwanted !== undefined) return yield* refuse(...unwanted)
    const { name } = Import.partsOf(use)
    const around = Workspace.folderOf(name, from)
    // The workspace around `from` is the same tomorrow; the working folder is not, so that what it knew is kept as `from`.
    const places = [
      { folder: from, from },
      ...(around === undefined ? [] : [{ folder: around, from }]),
      ...[working, Workspace.folderOf(name, working)].flatMap((folder) =>
        folder === undefined ? [] : [{ folder, from: folder }]
      )
    ]
    const { loaded, place } = yield* firstOf(use, Import.isPath(use) ? places.slice(0, 1) : places)
    if ("missing" in loaded) {
      return yield* Import.isPath(use)
        ? refuse(
            "there is no such module",
            "A path is relative to the config file and includes the extension, as in ./experiment.ts. For a run folder that was moved, " +
              "set the new place with --set from=<folder>."
          )
        : refuse(
            "it is found neither there nor from the working folder",
            "Install the package, or set `from:` to the folder it is installed in, or use a path that starts with ./ " +
              `(${reasonOf(loaded.missing).split("\n")[0]}).`
          )
    }
    if ("broken" in loaded) {
      return yield* refuse("its module throws when loaded", reasonOf(loaded.broken))
    }
    const { experiment } = loaded.module as { readonly experiment?: unknown }
    if (isExperiment(experiment)) return { experiment, from: place.from }
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
