/** What the figures belong to: machine, versions, date, commit. */
import { execFileSync } from "node:child_process"
import { createRequire } from "node:module"
import * as os from "node:os"

const require = createRequire(import.meta.url)
const versionOf = (name: string): string => (require(`${name}/package.json`) as { readonly version: string }).version

const git = (...args: ReadonlyArray<string>): string =>
  execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()

const commit = (): string | undefined => {
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", ":/packages", ":/benchmarks/src") !== ""
    return `${git("rev-parse", "--short", "HEAD")}${changed ? ", with changes" : ""}`
  } catch {
    // There may be no git, or no repository.
    return undefined
  }
}

export const describe = () => ({
  date: new Date().toISOString(),
  commit: commit() ?? null,
  machine: {
    processor: os.cpus()[0]?.model ?? "unknown",
    processors: os.availableParallelism(),
    memoryGigabytes: Math.round(os.totalmem() / 1e9),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    /** Programs that wanted to run in the last minute, on average, before the measurement. */
    loadBefore: os.loadavg()[0]!
  },
  versions: {
    node: process.versions.node,
    effect: versionOf("effect"),
    "@tensorflow/tfjs-core": versionOf("@tensorflow/tfjs-core"),
    "@tensorflow/tfjs-layers": versionOf("@tensorflow/tfjs-layers"),
    "@tensorflow/tfjs-backend-wasm": versionOf("@tensorflow/tfjs-backend-wasm")
  }
})

export type Description = ReturnType<typeof describe>
