/** Runs a program of `benchmarks/src` with this command's flags, after setting the clone up where that is needed. */
import path from "node:path"
import { setUp } from "../setup.mjs"
import { node, root } from "./machine.mjs"
import { run } from "./run.mjs"

export const bench = async (...program) => {
  await setUp()
  const main = path.join(root, "benchmarks", "src", ...program)
  const flags = ["--conditions=@etude/source", "--disable-warning=ExperimentalWarning"]
  const { code } = await run(node(), [...flags, main, ...process.argv.slice(2)], { cwd: process.env.INIT_CWD ?? root })
  process.exitCode = code
}
