/** `npm run rehearse`: a release from a clean clone to a trained model in an empty project, on a registry of this machine. */
import path from "node:path"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

await setUp({ native: false })
const program = path.join(root, "tools", "release", "src", "rehearse.ts")
const { code } = await run(node(), [program, ...process.argv.slice(2)])
process.exitCode = code
