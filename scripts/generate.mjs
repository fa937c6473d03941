/** `npm run generate`: writes the API reports, the schemas and the command's help anew from the sources. */
import path from "node:path"
import { node, root } from "./lib/machine.mjs"
import { run } from "./lib/run.mjs"
import { setUp } from "./setup.mjs"

await setUp({ native: false })
const program = path.join(root, "tools", "docs", "src", "generate.ts")
const { code } = await run(node(), ["--conditions=@etude/source", program])
process.exitCode = code
