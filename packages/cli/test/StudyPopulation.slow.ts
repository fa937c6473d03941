/** Population-based training through the command itself: trials continue from copies of others, whoever was faster. */
import { readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { etude, line, temporary } from "./support/etude.ts"

const study = `
config: ${JSON.stringify(line)}
set: { train.until: { epochs: 6 } }
space: { train.learningRate: { log: [0.001, 1] } }
search: Random
settings: 4
objective: train/loss
pruner: { _tag: Population, every: { epochs: 2 } }
`

/** The rows of results.csv, without what depends on the machine's load. */
const outcome = (workers: number) =>
  Effect.gen(function* () {
    const folder = yield* temporary
    const file = path.join(folder, "population.yaml")
    writeFileSync(file, study)
    const ended = yield* etude(["study", "run", file, "--workers", String(workers)], { cwd: folder })
    assert.strictEqual(ended.code, 0, ended.stderr)
    const [header = "", ...rows] = readFileSync(path.join(folder, "studies/population/results.csv"), "utf8")
      .trim()
      .split("\n")
      .map((row) => row.split(","))
    return rows.map((row) =>
      Object.fromEntries(row.flatMap((value, index) => (header[index] === "seconds" ? [] : [[header[index], value]])))
    )
  }).pipe(Effect.scoped)

it.live(
  "the worst continue from copies of the best with other parameters, and the result is the same with any number of workers",
  () =>
    Effect.gen(function* () {
      const [one, three] = [yield* outcome(1), yield* outcome(3)]
      assert.deepStrictEqual(three, one)
      assert.deepStrictEqual(
        one.map(({ state }) => state),
        ["complete", "complete", "complete", "complete"]
      )
      // A trial that continued from another's checkpoint did so in a new folder.
      assert.isTrue(one.some(({ folder }) => /-\d+$/.test(folder ?? "")))
    }),
  600_000
)
