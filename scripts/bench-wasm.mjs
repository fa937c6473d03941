/**
 * `npm run bench:wasm`: LeNet-5 as WebAssembly of Etude's own beside TensorFlow.js' own WASM backend, in Node and in one tab of
 * Chromium. `-- --rounds 5` is for both.
 */
import path from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } })

await setUp({ native: false })
const flags = ["--conditions=@etude/source", "--disable-warning=ExperimentalWarning"]
const peers = [
  "--models",
  "lenet-5",
  "--batches",
  "64",
  "--peers",
  "etudeWasm,bareLoop",
  "--backend",
  "wasm",
  "--profile"
]
const programs = [
  [path.join("benchmarks", "src", "peers", "main.ts"), ...peers, "--starts", "1", "--rounds", values.rounds],
  [path.join("examples", "browser", "measure.ts"), "--rounds", values.rounds]
]
for (const [file, ...args] of programs) {
  const { code } = await run(node(), [...flags, path.join(root, file), ...args])
  if (code !== 0) process.exitCode = code
}
