/** `npm run docs`: builds the reference and serves it. */
import path from "node:path"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

// Help needs nothing but what is installed.
if (!process.argv.includes("--help")) await setUp({ native: false })
const program = path.join(root, "tools", "docs", "src", "docs.ts")
const { code } = await run(node(), [program, ...process.argv.slice(2)])
process.exitCode = code
