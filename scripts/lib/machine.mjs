/** What the scripts know of this machine. Plain JavaScript without dependencies: it runs before anything is installed. */
import { existsSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))
export const bin = path.join(root, "node_modules", ".bin")

/** The oldest Node that can install everything; what runs Etude itself is a newer one, from the npm package `node`. */
const oldest = 20

export const checkNode = () => {
  const [major] = process.versions.node.split(".").map(Number)
  if (major >= oldest) return
  stop(
    `Node ${process.versions.node} is too old: Etude needs Node ${oldest} or later. Get one from https://nodejs.org.`
  )
}

/** The Node of the npm package `node`, which is new enough; this process's own before it is installed. */
export const node = () => {
  const name = process.platform === "win32" ? "node.exe" : "node"
  const installed = path.join(root, "node_modules", "node", "bin", name)
  return existsSync(installed) ? installed : process.execPath
}

/** The environment of everything that is started: the monorepo's own commands come first, and nobody phones home. */
export const environment = () => ({
  ...process.env,
  PATH: [bin, process.env.PATH ?? ""].join(path.delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
  npm_config_update_notifier: "false"
})

export const say = (text) => process.stderr.write(`${text}\n`)

/** Ends with a message for people. */
export const stop = (text, code = 1) => {
  say(`\n${text}`)
  process.exit(code)
}
