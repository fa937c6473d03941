/** `npm run rehearse`: prints the report of a rehearsed release, step by step. */
import { tmpdir } from "node:os"
import path from "node:path"
import { run } from "./Command.ts"
import { rehearse, type Step } from "./Rehearsal.ts"
import { root } from "./Workspace.ts"

const line = ({ found, name, seconds }: Step): string =>
  `ok  ${`${seconds.toFixed(0)} s`.padStart(6)}  ${name.padEnd(32)}  ${found}`

if ((await run(root, ["git", "status", "--porcelain"])) !== "") {
  console.log("What is not committed here is not rehearsed: the clone has the last commit only.")
}
const begin = performance.now()
try {
  await rehearse(path.join(tmpdir(), `etude-rehearsal-${process.pid}`), (step) => console.log(line(step)))
  console.log(`The release is rehearsed: ${((performance.now() - begin) / 1000).toFixed(0)} s.`)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
