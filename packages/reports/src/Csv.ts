/**
 * What a run came to, epoch by epoch and validation by validation, as a table in a CSV file (RFC 4180), for spreadsheets and data frames.
 *
 * ```ts
 * Csv.layer({ path: "runs/1/epochs.csv" })
 * // epoch,step,samples,elapsedSeconds,seconds,learningRate,train/loss,validation/loss
 * // 1,938,60000,12.31,12.3,0.001,0.2467,0.0801
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import type { Known } from "@etude/core/Event"
import * as Options from "@etude/core/Options"
import type { Progress } from "@etude/core/Progress"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as FileObserver from "./FileObserver.ts"
import * as Position from "./internal/position.ts"
import * as Rows from "./internal/rows.ts"
import * as OutputFile from "./OutputFile.ts"

export const Config = Schema.Struct({
  path: FileObserver.path,
  id: Options.id('"csv"')
})
export type Config = typeof Config.Type
export type ConfigInput = typeof Config.Encoded

/** The id by default. */
export const id = "csv"

const fixed = ["epoch", "step", "samples", "elapsedSeconds", "seconds", "learningRate"]

/** A cell; quoted where it must be. */
const cell = (value: string | number | undefined): string => {
  const text = value === undefined ? "" : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const line = (cells: ReadonlyArray<string | number | undefined>): string => `${cells.map(cell).join(",")}\n`

/** The cells of each line of a CSV text; a line without its end is left out. */
export const parse = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = []
  let [row, cell, quoted]: [Array<string>, string, boolean] = [[], "", false]
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charAt(index)
    if (quoted) {
      if (symbol !== '"') cell += symbol
      else if (text[index + 1] === '"') {
        cell += '"'
        index++
      } else quoted = false
    } else if (symbol === '"') quoted = true
    else if (symbol === "," || symbol === "\n") {
      row.push(cell)
      cell = ""
      if (symbol === "\n") {
        rows.push(row)
        row = []
      }
    } else if (symbol !== "\r") cell += symbol
  }
  return rows
}

/**
 * What stays of a file when the run continues at a position: earlier rows, under the columns of now. A run that ended there in
 * the middle of an epoch had that epoch's values so far in its last row: the epoch continues, and only what was validated
 * stays, unless that validation is repeated.
 */
const rewound =
  (columns: ReadonlyArray<string>, { epoch, batch, step }: Progress, isRepeated = false) =>
  (text: string) => {
    const [header = [], ...rows] = parse(text)
    const [epochs, steps] = [header.indexOf("epoch"), header.indexOf("step")]
    const places = columns.map((column) => header.indexOf(column))
    const earlier = rows.flatMap((row) => {
      const cells = places.map((place) => row[place] ?? "")
      if (Number(row[epochs]) > epoch || Number(row[steps]) > step) return []
      if (batch === 0 || Number(row[steps]) < step) return [cells]
      const validated = Arr.zipWith(cells, columns, (value, column) => (column.startsWith("train/") ? "" : value))
      return isRepeated || validated.slice(fixed.length).every((value) => value === "") ? [] : [validated]
    })
    return [columns, ...earlier].map(line).join("")
  }

/**
 * The observer: a row at the end of each epoch, for each validation between, and where the run ends in the middle of an epoch;
 * a column for each monitor. NaN and Infinity are written so, and what a row has no value of is empty. A resumed run drops the rows that its new attempt supersedes. Fails with `OutputFileError`; a folder that cannot be written to is
 * found before the first step.
 */
export const layer = (config: ConfigInput): FileObserver.FileObserver =>
  Callback.unwrap(
    Effect.gen(function* () {
      const { path, id: callbackId = id } = yield* CoreConfig.decode(Config, config, "the config of the CSV file")
      const file = yield* OutputFile.make(callbackId)
      let columns: ReadonlyArray<string> = []
      let resumedAt: Progress | undefined
      const completed = Rows.make()
      const write = ({ progress, seconds, learningRate, values }: Rows.Row): void => {
        const { epoch, step, samples, elapsedSeconds } = progress
        const cells = columns.slice(fixed.length).map((monitor) => values[monitor])
        file.write(line([epoch, step, samples, elapsedSeconds, seconds, learningRate, ...cells]))
      }
      const onEvent = (event: Known): void => {
        if (event._tag === "RunStarted" || event._tag === "Resumed") {
          columns = [...fixed, ...Object.keys(event.monitors)]
          resumedAt = event._tag === "Resumed" ? event.progress : undefined
          if (resumedAt !== undefined) file.begin(path, rewound(columns, resumedAt))
          else {
            file.begin(path)
            file.write(line(columns))
          }
        }
        if (event._tag === "ValidationStarted" && resumedAt !== undefined) {
          // The boundary at which the run was cut is gone through again.
          if (Position.compare(event.progress, resumedAt) === 0) file.begin(path, rewound(columns, resumedAt, true))
          resumedAt = undefined
        }
        completed(event).forEach(write)
      }
      const { batchEnd: _, ...hooks } = OutputFile.flushing(file, 1)
      return Callback.observer({ id: callbackId, onEvent, check: file.check(path), hooks, finalizer: () => file.close })
    })
  )
