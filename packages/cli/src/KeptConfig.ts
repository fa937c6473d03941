/** The config as a run folder keeps it, with the JSON Schema that an editor checks it with. */
import * as path from "node:path"
import * as Config from "@etude/core/Config"
import * as Effect from "effect/Effect"
import type { RunNotWritten } from "./Errors.ts"
import type * as Load from "./Load.ts"
import * as RunConfig from "./RunConfig.ts"
import * as RunFolder from "./RunFolder.ts"

/** With every default, and with the places that `use` and paths are looked up from. */
export const of = (
  { encoded, from, optionsFrom }: Load.Loaded,
  folder: string
): { readonly [key: string]: unknown } => {
  const { $schema: _theirs, use, from: _1, optionsFrom: _2, ...rest } = encoded
  const within = (place: string) => path.relative(folder, place).replaceAll(path.sep, "/") || "."
  return {
    $schema: `./${path.basename(RunFolder.schemaFile(folder))}`,
    use,
    from: within(from),
    ...(optionsFrom === from ? {} : { optionsFrom: within(optionsFrom) }),
    ...rest
  }
}

/** Writes it with its JSON Schema, the experiment's options included. */
export const write = (loaded: Load.Loaded, folder: string): Effect.Effect<void, RunNotWritten> =>
  Effect.gen(function* () {
    const schema = Config.jsonSchema(RunConfig.schemaFor(loaded.experiment.options, loaded.registry))
    yield* RunFolder.write(RunFolder.schemaFile(folder), `${JSON.stringify(schema)}\n`)
    yield* RunFolder.writeJson(RunFolder.configFile(folder), of(loaded, folder))
  })
