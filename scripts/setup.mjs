/**
 * Sets a clone up: installs the packages, and where everything is wanted, builds them and sets the native backend up where
 * that can be done. Each part is done again only when what it is made from has changed.
 */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { checkNode, checkRunningNode, environment, node, root, say, stop } from "./lib/machine.mjs"
import { interrupted, run } from "./lib/run.mjs"
import { buildHash, installHash, packages, recall, remember } from "./lib/stamp.mjs"

/** The `etude` command, from its sources: nothing has to be built, and what is edited runs at once. */
const etude = ["--conditions=@etude/source", "--disable-warning=ExperimentalWarning"].concat(
  path.join(root, "packages", "cli", "src", "bin.ts")
)

/** Standard output belongs to what is run in the end, which a program may read; set-up speaks on standard error. */
const quietly = { stdout: 2 }

const failed = (code, text) => stop(interrupted(code) ? "Interrupted." : text, interrupted(code) ? 130 : 1)

/**
 * npm's own program runs under this Node: the one that has started this script, or the one beside Node, as it lies on
 * Windows. There `npx` is `npx.cmd`, a script that Node starts by a shell only.
 */
const npx = (args) => {
  const beside = path.join(path.dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js")
  const npm = [process.env.npm_execpath, beside].find((file) => file?.endsWith(".js") && existsSync(file))
  return npm === undefined ? ["npx", ["--yes", ...args]] : [process.execPath, [npm, "exec", "--yes", "--", ...args]]
}

/** What the command and the papers need to run, and Node; a tenth of what builds and tests. */
const toRun = ["--prod", "--filter=etude", "--filter=@etude/cli...", "--filter={./papers/*}..."]

/** Whether what builds and tests is installed, by this script or by hand: it must stay then. */
const hasEverything = () => existsSync(path.join(root, "node_modules", "turbo"))

/**
 * What runs is installed with the lockfile as it is, by the integrity of each package; what builds and tests, with the
 * registry's word on every entry of the lockfile too, which takes half a minute.
 */
const install = async (everything) => {
  const hash = `${everything ? "everything" : "what runs"} ${installHash()}`
  if (recall("install") === hash && existsSync(path.join(root, "node_modules", ".pnpm"))) return false
  const { packageManager } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"))
  say(`Installing the packages with ${packageManager} …`)
  const wanted = everything ? [] : [...toRun, "--trust-lockfile"]
  const flags = ["--frozen-lockfile", "--config.confirm-modules-purge=false", ...wanted]
  const [program, args] = npx([packageManager, "install", ...flags])
  const { code } = await run(program, args, quietly).catch((error) => ({ code: 1, error: say(error.message) }))
  if (code !== 0) {
    failed(
      code,
      `The packages could not be installed (exit code ${code}); what is above says why.\n` +
        "Is the registry of npm packages in reach, and is there room on the disk? Then try the same command again."
    )
  }
  remember("install", hash)
  return true
}

/** What has to be built: all that is published, to be checked as its users have it. */
const toBuild = ["--filter={./packages/*}", "--filter={./papers/*}"]

const build = async () => {
  const hash = buildHash()
  const built = packages()
    .filter((folder) => /(packages|papers)[/\\\\][^/\\\\]+$/.test(folder))
    .every((folder) => existsSync(path.join(folder, "dist")))
  if (recall("build") === hash && built) return false
  say("Building the packages …")
  const turbo = path.join(root, "node_modules", "turbo", "bin", "turbo")
  const { code } = await run(node(), [turbo, "run", "build", ...toBuild, "--output-logs=new-only"], quietly)
  if (code !== 0) {
    failed(code, `The packages could not be built (exit code ${code}); what is above names the file and the line.`)
  }
  remember("build", hash)
  return true
}

/** What the native library depends on besides the packages: where it is kept. */
const nativePlace = () => [process.env.ETUDE_CACHE, process.env.XDG_CACHE_HOME, process.env.HOME].join("\n")

const setUpNative = async () => {
  const asked = process.env.ETUDE_BACKEND
  if (asked === "wasm" || asked === "cpu") return
  const known = recall("native")
  const from = `${installHash()}\n${nativePlace()}`
  if (known?.from === from && (known.directory === null || existsSync(known.directory))) {
    if (known.directory === null) {
      say("The native library could not be set up earlier; `npm run -s etude -- backend install` tries again.")
    }
    return
  }
  const { code, output } = await run(node(), [...etude, "backend", "install", "--json"], { stdout: "pipe" })
  if (interrupted(code)) stop("Interrupted.", 130)
  if (code !== 0) say("Going on without the native library: training runs on WASM, about four times slower.")
  let directory = null
  try {
    directory = JSON.parse(output).directory ?? null
  } catch {
    // Nothing was printed: it failed, which is what `null` says.
  }
  remember("native", { from, directory })
}

/**
 * What is needed to run the command and the papers from their sources; with `everything`, also what builds and tests, and
 * the packages' builds. `native` sets TensorFlow's library up, which needs everything.
 */
export const setUp = async ({ everything = true, native = true } = {}) => {
  checkNode()
  const begin = performance.now()
  const whole = everything || native || hasEverything()
  const installed = await install(whole)
  checkRunningNode()
  const built = everything && (await build())
  if (native) await setUpNative()
  if (installed || built) say(`Set up in ${((performance.now() - begin) / 1000).toFixed(0)} s.\n`)
}

/** Runs the `etude` command and ends as it ends. */
export const runEtude = async (args, cwd = root) => {
  const { code } = await run(node(), [...etude, ...args], { cwd, env: environment() })
  process.exitCode = code
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await setUp()
