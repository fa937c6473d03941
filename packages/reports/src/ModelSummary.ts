/**
 * What a model consists of: each parameter and statistic with its shape and size, before training begins.
 *
 * ```ts
 * ModelSummary.layer()
 * // parameter      shape             numbers
 * // conv1/kernel   [5, 5, 1, 6]          150
 * // conv1/bias     [6]                     6
 * // 156 numbers, 624 bytes
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { Tensors } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as format from "./internal/format.ts"
import { padEnd, padStart, widthOf } from "./internal/width.ts"
import { Terminal } from "./Terminal.ts"

/** The id of this callback. */
export const id = "modelSummary"

type Row = readonly [path: string, shape: string, size: string]

const table = (title: string, tensors: Tensors): ReadonlyArray<string> => {
  const rows = Object.entries(tensors).map(
    ([path, { shape, size }]): Row => [path, `[${shape.join(", ")}]`, format.count(size)]
  )
  if (rows.length === 0) return []
  const all: ReadonlyArray<Row> = [[title, "shape", "numbers"], ...rows]
  const width = (column: 0 | 1 | 2) => Math.max(...all.map((row) => widthOf(row[column])))
  const widths = [width(0), width(1), width(2)] as const
  return all.map(
    ([path, shape, size]) => `${padEnd(path, widths[0])}  ${padEnd(shape, widths[1])}  ${padStart(size, widths[2])}`
  )
}

/** The summary as lines. Memory is that of float32 and int32, four bytes a number. */
export const summary = (parameters: Tensors, statistics: Tensors = {}): ReadonlyArray<string> => {
  const numbers = [...Object.values(parameters), ...Object.values(statistics)].reduce((sum, { size }) => sum + size, 0)
  return [
    ...table("parameter", parameters),
    ...table("statistic", statistics),
    `${format.plural(numbers, "number", "numbers")}, ${format.plural(4 * numbers, "byte", "bytes")}`
  ]
}

/** The observer: prints to the terminal when a run starts, not when it is resumed. */
export const layer = (): Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry | Terminal> =>
  Callback.unwrap(
    Effect.map(Terminal, (terminal) =>
      Callback.observer({
        id,
        hooks: {
          trainBegin: ({ progress, state }) => {
            if (progress.step > 0) return
            const { parameters, statistics } = state()
            for (const line of summary(parameters, statistics)) terminal.write(`${line}\n`)
          }
        }
      })
    )
  )
