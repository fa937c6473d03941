/**
 * `npm test`: sets the clone up where that is needed, then checks format, lint and types, and runs the tests of all
 * packages. `--slow` runs the slow tests instead. Ends with the counts that Vitest wrote.
 */
import { rmSync } from "node:fs"
import { availableParallelism } from "node:os"
import path from "node:path"
import { environment, node, root, say, stop } from "./lib/machine.mjs"
import { interrupted, run } from "./lib/run.mjs"
import { packages } from "./lib/stamp.mjs"
import { collect, print } from "./lib/testReports.mjs"
import { setUp } from "./setup.mjs"

const slow = process.argv.includes("--slow")
const task = slow ? "test:slow" : "test"
const report = `reports/${slow ? "slow" : "test"}.json`

await setUp()
const begin = performance.now()

const step = async (name, program, args, env) => {
  say(`\n${name}`)
  const { code } = await run(program, args, env === undefined ? {} : { env })
  if (interrupted(code)) stop("Interrupted.", 130)
  return { name, code }
}

const turbo = (tasks, args = []) => [
  path.join(root, "node_modules", "turbo", "bin", "turbo"),
  "run",
  ...tasks,
  "--continue",
  `--concurrency=${slow ? 1 : Math.max(2, availableParallelism())}`,
  // The slow tests set clones up, for which they need all that the machine's owner has set.
  ...(slow ? ["--env-mode=loose"] : []),
  ...args
]

for (const folder of packages()) rmSync(path.join(folder, report), { force: true })
const results = []
if (!slow) {
  const biome = path.join(root, "node_modules", "@biomejs", "biome", "bin", "biome")
  results.push(await step("Format and lint", node(), [biome, "check"]))
  const knip = path.join(root, "node_modules", "knip", "bin", "knip.js")
  results.push(await step("Dead code and unused dependencies", node(), [knip, "--no-progress", "--no-config-hints"]))
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc")
  results.push(await step("Types", node(), [tsc, "-p", path.join(root, "tsconfig.check.json")]))
  // Pages have the browser's types, and the documents another compiler.
  const others = ["--filter=@etude/examples", "--filter=@etude/docs", "--output-logs=new-only"]
  results.push(await step("Types of pages and documents", node(), turbo(["check"], others)))
}
// By the environment: further arguments would be part of what turbo knows builds by, and all would be built again.
const reporting = { ...environment(), ETUDE_TEST_REPORT: report }
results.push(await step(slow ? "Slow tests" : "Tests", node(), turbo([task]), reporting))

const counts = collect(packages().map((folder) => path.join(folder, report)))
say("")
print(counts)
const failed = results.filter(({ code }) => code !== 0)
const seconds = ((performance.now() - begin) / 1000).toFixed(0)
if (failed.length > 0) say(`Failed: ${failed.map(({ name, code }) => `${name} (exit code ${code})`).join(", ")}.`)
say(`${slow ? "Slow tests" : "Format, lint, types and tests"} took ${seconds} s.`)
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`
)
process.exitCode = failed.length > 0 || counts.failed > 0 ? 1 : 0
