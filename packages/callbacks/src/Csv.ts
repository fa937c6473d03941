/**
 * The ends of epochs as a table in a CSV file (RFC 4180), for spreadsheets and data frames.
 *
 * ```ts
 * Csv.layer({ path: "runs/1/epochs.csv" })
 * // epoch,step,samples,elapsedSeconds,seconds,learningRate,train/loss,validation/loss
 * // 1,938,60000,12.31,12.3,0.001,0.2467,0.0801
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import type { Known } from "@etude/core/Event"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Options from "./internal/options.ts"
import * as OutputFile from "./OutputFile.ts"

export const Config = Schema.Struct({
  path: Schema.NonEmptyString.annotate({
    description: "Where the file goes; a new run replaces it, a resumed one goes on"
  }),
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
  let [row, own, quoted]: [Array<string>, string, boolean] = [[], "", false]
  for (let at = 0; at < text.length; at++) {
    const symbol = text[at]!
    if (quoted) {
      if (symbol !== '"') own += symbol
      else if (text[at + 1] === '"') {
        own += '"'
        at++
      } else quoted = false
    } else if (symbol === '"') quoted = true
    else if (symbol === "," || symbol === "\n") {
      row.push(own)
      own = ""
      if (symbol === "\n") {
        rows.push(row)
        row = []
      }
    } else if (symbol !== "\r") own += symbol
  }
  return rows
}

/** What stays of a file when the run goes on after `epochs` epochs: earlier rows, under the columns of now. */
const rewound = (columns: ReadonlyArray<string>, epochs: number) => (text: string) => {
  const [header = [], ...rows] = parse(text)
  const kept = rows.filter(([epoch]) => Number(epoch) <= epochs)
  const places = columns.map((column) => header.indexOf(column))
  return [columns, ...kept.map((row) => places.map((place) => row[place]))].map(line).join("")
}

/**
 * The observer: a row at the end of each epoch, with a column for each monitor; NaN and Infinity are written so. A resumed
 * run drops the rows that its new attempt supersedes. Fails with `OutputFileError`; a folder that cannot be written to is
 * found before the first step.
 */
export const layer = (
  config: ConfigInput
): Layer.Layer<
  Callback.CallbackOf<OutputFile.OutputFileError>,
  ConfigInvalid,
  Callback.CallbackRegistry | FileSystem.FileSystem
> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const { path, id: own = id } = yield* CoreConfig.decode(Config, config, "the config of the CSV file")
      const file = yield* OutputFile.make(own)
      let monitors: ReadonlyArray<string> = []
      const onEvent = (event: Known): void => {
        if (event._tag === "RunStarted" || event._tag === "Resumed") {
          monitors = Object.keys(event.monitors)
          const columns = [...fixed, ...monitors]
          if (event._tag === "Resumed") file.begin(path, rewound(columns, event.progress.epoch))
          else {
            file.begin(path)
            file.write(line(columns))
          }
        }
        if (event._tag !== "EpochEnded") return
        const { epoch, step, samples, elapsedSeconds } = event.progress
        const values = monitors.map((monitor) => event.values[monitor])
        file.write(line([epoch, step, samples, elapsedSeconds, event.seconds, event.learningRate, ...values]))
      }
      const { batchEnd: _, ...hooks } = OutputFile.flushing(file, 1)
      return Callback.observer({ id: own, onEvent, check: file.check(path), hooks, finalizer: () => file.close })
    })
  )
