/** The versions of what decides a trial's bits, which a study keeps: workers of an exact study have the same. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Versions } from "@etude/study/StudyRecord"

const deciding = [
  "@etude/backend",
  "@etude/callbacks",
  "@etude/compile",
  "@etude/core",
  "@etude/losses",
  "@etude/optimizers",
  "@tensorflow/tfjs-core"
] as const

/** By package, of those that this process runs. */
export const here = (): Versions => {
  const require = createRequire(import.meta.url)
  return Object.fromEntries(
    deciding.map((name) => {
      const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8"))
      return [name, String(version)]
    })
  )
}
