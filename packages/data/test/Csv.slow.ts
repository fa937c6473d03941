import * as fs from "node:fs"
import { afterAll, assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Csv from "../src/Csv.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { readAt } from "./support/read.ts"
import { problemsOf } from "./support/tableFile.ts"

const { write, remove } = temporaryFolder()
afterAll(remove)

const rows = 1_000_000

/** A million rows of 20 columns, of which one row has a text where numbers are. */
const millionRows = (wrong: number): string => {
  const header = Array.from({ length: 20 }, (_, column) => `c${column}`).join(",")
  const file = write("million.csv", new TextEncoder().encode(`${header}\n`))
  const handle = fs.openSync(file, "a")
  for (let row = 0; row < rows; row += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const cells = Array.from({ length: 19 }, (_, column) => `${row + index}.${column}`)
      return `${cells.join(",")},${row + index === wrong ? "none" : (row + index) % 10}\n`
    })
    fs.writeSync(handle, lines.join(""))
  }
  fs.closeSync(handle)
  return file
}

it.effect("a million rows of 20 columns take their 80 MB, or without them an index of the rows", () =>
  Effect.gen(function* () {
    const file = millionRows(-1)
    const bytes = () => {
      const { arrayBuffers } = process.memoryUsage()
      return arrayBuffers
    }
    for (const [memory, most] of [
      [2 ** 30, 200e6],
      [2 ** 20, 60e6]
    ] as const) {
      const before = bytes()
      const dataset = yield* Csv.read(file, { targets: "c19", memory })
      assert.isBelow(bytes() - before, most)
      const { inputs, targets } = yield* readAt(dataset, 899_999, 3)
      assert.deepStrictEqual([targets, (inputs as Float32Array)[19]], [Int32Array.of(9, 3), Math.fround(3.0)])
    }
  })
)

it.effect("a column that is a number until row 900,000 is reported with that row", () =>
  Effect.gen(function* () {
    const problems = yield* problemsOf(Csv.read(millionRows(899_999)))
    assert.match(
      problems.join("\n"),
      /million\.csv, line 900001 \(row 900000\), column "c19" at byte \d+: found "none", expected an integer, as in the first 10,000 rows\. .*$/
    )
  })
)
