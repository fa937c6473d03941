/** Prints the counts of the last tests and slow tests together; fails when a test failed or none ran. */
import path from "node:path"
import { packages } from "./lib/stamp.mjs"
import { collect, printFailures } from "./lib/testReports.mjs"

const counts = collect(
  packages().flatMap((folder) => ["test", "slow"].map((name) => path.join(folder, "reports", `${name}.json`)))
)
const { passed, failed, skipped } = counts
printFailures(counts)
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
