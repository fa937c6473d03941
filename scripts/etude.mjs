/** `npm run -s etude -- …`: the `etude` command from a clone, in the folder from which npm was called. */
import { runEtude, setUp } from "./setup.mjs"

await setUp({ everything: false, native: false })
await runEtude(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd())
