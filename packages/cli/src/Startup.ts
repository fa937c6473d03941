/**
 * What the command asks of V8, which only a process of its own may: nothing of this is in the packages that programs use. It
 * comes before the command's modules, which are most of what is loaded.
 */
import * as module from "node:module"
import { homedir } from "node:os"
import * as path from "node:path"
import * as v8 from "node:v8"
import { cacheDirectory } from "@etude/backend/NativeLocation"
import { isNode } from "./NodeVersion.ts"

/**
 * Loading modules makes V8 enlarge the space for young objects to 100 MB and more, which a run never needs again and V8 never
 * gives back. A step makes few of them: it takes the same time with a small space.
 */
const keepYoungSpaceSmall = (): void => v8.setFlagsFromString("--semi-space-growth-factor=1")

/** Compiled modules, and those of TypeScript without their types, are kept in Etude's cache. Where it can't be written, nothing is. */
const keepCompiledModules = (): void => {
  const { env, platform } = process
  module.enableCompileCache(path.join(cacheDirectory({ platform, env, home: homedir() }), "modules"))
}

/** Loads the command and runs it. */
export const start = async (): Promise<void> => {
  if (isNode(process.versions)) {
    keepYoungSpaceSmall()
    keepCompiledModules()
  }
  const { main } = await import("./Main.ts")
  main()
}
