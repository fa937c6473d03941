/** What the scripts know of this machine. Plain JavaScript without dependencies: it runs before anything is installed. */
import { existsSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))
export const bin = path.join(root, "node_modules", ".bin")

/** The oldest Node that can install everything; what runs Etude itself is a newer one, from npm. */
const oldest = 20

export const checkNode = () => {
  const [major] = process.versions.node.split(".").map(Number)
  if (major >= oldest) return
  stop(
    `Node ${process.versions.node} is too old: Etude needs Node ${oldest} or later. Get one from https://nodejs.org.`
  )
}

/** The npm package that is Node for this machine, where there is one. */
const nodePackage = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`

/** The Node of the clone's own, which is new enough; this process's own before it is installed, and where there is none. */
export const node = () => {
  const name = process.platform === "win32" ? "node.exe" : "node"
  const installed = path.join(root, "node_modules", nodePackage, "bin", name)
  return existsSync(installed) ? installed : process.execPath
}

/** Where npm has no Node for this machine, the machine's own runs the sources, which an older one can't read. */
export const checkRunningNode = () => {
  if (node() !== process.execPath) return
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return
  stop(
    `npm has no Node for ${process.platform} on ${process.arch}, and Node ${process.versions.node} is too old to run Etude, ` +
      "which needs Node 22.19 or later. Get one from https://nodejs.org."
  )
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
