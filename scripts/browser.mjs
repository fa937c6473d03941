/**
 * `npm run browser`: sets the clone up where that is needed, then builds the page that trains in a tab, and serves it. Flags: see
 * examples/browser/serve.ts.
 */
import path from "node:path"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

await setUp({ native: false })
const main = path.join(root, "examples", "browser", "serve.ts")
const { code } = await run(node(), ["--conditions=@etude/source", main, ...process.argv.slice(2)])
process.exitCode = code
