/** `npm run picture`: draws the README's pictures anew, from a run of `npm start`. */
import path from "node:path"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

await setUp()
const program = path.join(root, "tools", "docs", "src", "picture.ts")
const { code } = await run(node(), ["--conditions=@etude/source", program])
process.exitCode = code
