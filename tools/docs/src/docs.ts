/** `npm run docs`: builds the reference and serves it on this machine; its options are in `usage`. */
import { parseArgs } from "node:util"
import { serve } from "./Serve.ts"
import { build, site } from "./Site.ts"

const usage = `npm run docs -- [options]

Builds the reference, with the guides, the documents' schemas and the command's help, and serves it on this machine.

  --build FOLDER   build it into that folder, and that is all
  --port NUMBER    serve it there; 4321, or the variable PORT, by default
  --help           show this text
`

const refuse = (message: string): never => {
  process.stderr.write(`${message}\n\n${usage}`)
  process.exit(2)
}

const asked = () => {
  try {
    const options = { build: { type: "string" }, port: { type: "string" }, help: { type: "boolean" } } as const
    return parseArgs({ options }).values
  } catch (cause) {
    return refuse((cause as Error).message)
  }
}

const { build: folder, port: wanted, help } = asked()
const port = Number(wanted ?? process.env["PORT"] ?? 4321)
if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse(`${wanted} is no port: expected 0 to 65535.`)

if (help === true) console.log(usage)
else if (folder !== undefined) await build(folder)
else {
  console.log("Building the pages …")
  await build()
  await serve(site, port)
  console.log(`http://127.0.0.1:${port}/ until Ctrl-C.`)
}
