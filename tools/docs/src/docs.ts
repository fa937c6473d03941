/** `npm run docs`: builds the reference and serves it on this machine. `--build FOLDER` builds it there, and that is all. */
import { serve } from "./Serve.ts"
import { build, site } from "./Site.ts"

const [flag, folder] = process.argv.slice(2)
if (flag === "--build") await build(folder)
else {
  console.log("Building the pages …")
  await build()
  const port = Number(process.env["PORT"] ?? 4321)
  await serve(site, port)
  console.log(`http://127.0.0.1:${port}/ until Ctrl-C.`)
}
