/** The plugins that a study names: packages, or modules by their paths, that add searchers and pruners. */
import * as path from "node:path"
import type { Problem } from "@etude/core/Errors"
import type { PluginUse } from "@etude/study/StudyConfig"
import * as StudyPlugin from "@etude/study/StudyPlugin"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Import from "./Import.ts"
import * as PluginPackage from "./PluginPackage.ts"

/** The plugins of a document, as far as they have the form of one. What has not is found with the rest of the document. */
const usesOf = (document: unknown): ReadonlyArray<string | undefined> => {
  const { plugins } = (document ?? {}) as { readonly plugins?: unknown }
  return Array.isArray(plugins) ? plugins.map((one) => (typeof one?.use === "string" ? one.use : undefined)) : []
}

/** What a study may name, with what its plugins add. `folder`: where the file that names them would import them from. */
export const registryOf = (document: unknown, folder: string) =>
  Effect.gen(function* () {
    const loaded: Array<StudyPlugin.Named> = []
    const problems: Array<Problem> = []
    for (const [index, use] of usesOf(document).entries()) {
      if (use === undefined || use === "") continue
      const found = yield* Effect.result(PluginPackage.load(use, folder))
      if (Result.isSuccess(found)) loaded.push({ path: `plugins.${index}`, plugin: found.success })
      else problems.push({ path: `plugins.${index}.use`, message: found.failure.message })
    }
    const extended = StudyPlugin.registryOf(loaded)
    return { registry: extended.registry, problems: [...problems, ...extended.problems] }
  })

/** Paths of plugins that were relative to one folder, relative to another. */
export const moved = (plugins: ReadonlyArray<PluginUse>, from: string, to: string): ReadonlyArray<PluginUse> =>
  plugins.map(({ use }) => {
    if (!Import.isPath(use)) return { use }
    const relative = path.relative(to, path.resolve(from, use)).replaceAll("\\", "/")
    return { use: relative.startsWith(".") ? relative : `./${relative}` }
  })
