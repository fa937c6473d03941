/** `npm run bench`: sets the clone up where that is needed, and measures. Flags: see benchmarks/src/main.ts. */
import path from "node:path"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

await setUp()
const main = path.join(root, "benchmarks", "src", "main.ts")
const { code } = await run(node(), ["--conditions=@etude/source", main, ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? root
})
process.exitCode = code
