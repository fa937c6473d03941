/** Whether Node, bundlers and TypeScript find what a tarball exports, as publint and arethetypeswrong see it. */
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import type { Tarball } from "./Pack.ts"
import type { Manifest } from "./Workspace.ts"

/** The modules that the export map opens. */
export const entries = ({ exports = {} }: Manifest): ReadonlyArray<string> =>
  Object.keys(exports).filter((entry) => entry !== "./package.json")

/**
 * The packages hold ES modules only, which are no use to the old resolution, and which `require` gets from the Node that they
 * need: what is said of these two is left out.
 */
const considered = new Set(["node16-esm", "bundler"])

export const publintProblems = async ({ data, manifest }: Tarball): Promise<ReadonlyArray<string>> => {
  const { messages } = await publint({ pack: { tarball: data.buffer }, strict: true })
  return messages.map((message) => formatMessage(message, manifest as never, { color: false }) ?? message.code)
}

export const typeProblems = async ({ data, manifest }: Tarball): Promise<ReadonlyArray<string>> => {
  const result = await checkPackage(createPackageFromTarballData(data), { entrypoints: [...entries(manifest)] })
  if (result.types === false) return ["there are no types"]
  return result.problems.flatMap((problem) => {
    const kind = "resolutionKind" in problem ? problem.resolutionKind : undefined
    if (kind !== undefined && !considered.has(kind)) return []
    const option = "resolutionOption" in problem ? problem.resolutionOption : undefined
    if (option === "node10") return []
    return [JSON.stringify(problem)]
  })
}
