/** Adds up the JSON reports that Vitest writes. */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { root, say } from "./machine.mjs"

/** The counts of the reports that are there, in all and by package. */
export const collect = (files) => {
  const byPackage = files
    .filter((file) => existsSync(file))
    .map((file) => {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
        readFileSync(file, "utf8")
      )
      // A file that could not be run at all holds no test that failed.
      const broken = testResults.filter(
        ({ status, assertionResults }) =>
          status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed")
      )
      const assertions = testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === "failed")
          .map(({ fullName, failureMessages }) => ({ file: name, what: fullName, why: failureMessages[0] }))
      )
      return {
        failures: [
          ...broken.map(({ name, message }) => ({ file: name, what: "the file", why: message })),
          ...assertions
        ],
        name: path.relative(root, path.dirname(path.dirname(file))),
        passed: numPassedTests,
        failed: numFailedTests + broken.length,
        skipped: numPendingTests + (numTodoTests ?? 0)
      }
    })
  const sum = (key) => byPackage.reduce((total, counts) => total + counts[key], 0)
  const failures = byPackage.flatMap((counts) => counts.failures)
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped"), failures, byPackage }
}

/** Each test that failed, by file and name, with the first lines of the reason: what the end of a long log has to say. */
export const printFailures = ({ failures }) => {
  for (const { file, what, why } of failures) {
    say(`FAILED ${path.relative(root, file)} > ${what}`)
    for (const line of String(why ?? "")
      .split("\n")
      .slice(0, 6))
      say(`  ${line}`)
  }
}

export const print = ({ byPackage }) => {
  for (const { name, passed, failed, skipped } of byPackage) {
    const notes = [failed > 0 ? `${failed} failed` : "", skipped > 0 ? `${skipped} skipped` : ""].filter(Boolean)
    say(`  ${name.padEnd(24)} ${String(passed).padStart(5)} passed${notes.map((note) => `, ${note}`).join("")}`)
  }
}
