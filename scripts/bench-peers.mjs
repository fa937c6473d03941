/** `npm run bench:peers`: sets the clone up where that is needed, and compares. Flags: see benchmarks/src/peers/main.ts. */
import path from "node:path"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

await setUp()
const main = path.join(root, "benchmarks", "src", "peers", "main.ts")
// Not from sources as other commands are: reading TypeScript would count into the time to the first step.
const flags = ["--disable-warning=ExperimentalWarning"]
const { code } = await run(node(), [...flags, main, ...process.argv.slice(2)], { cwd: process.env.INIT_CWD ?? root })
process.exitCode = code
