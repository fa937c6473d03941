/** Writes the decoded values of a column into its store. */

import { isFloat32 } from "../table/values.ts"
import type { Fault, Writer } from "../table/Writer.ts"
import type { Values } from "./groups.ts"

const isPlain = ({ store: { column } }: Writer): boolean => column.type === "number" && column.check === undefined

/**
 * Writes values from row `start` on, or all into row 0 where they are only checked. Floats, of which most files are, need no
 * look at their type.
 */
export const writeValues = (
  writer: Writer,
  pieces: ReadonlyArray<Values>,
  start: number | undefined,
  report: (fault: Fault, row: number) => void
): void => {
  const { store } = writer
  let before = 0
  for (const values of pieces) {
    const isFloats = isPlain(writer) && (values instanceof Float32Array || values instanceof Float64Array)
    for (let index = 0; index < values.length; index++) {
      const row = start === undefined ? 0 : start + before + index
      const value = values[index]
      if (isFloats && isFloat32(value as number)) {
        store.values[row] = value as number
        continue
      }
      const fault = writer.setValue(value, row)
      if (fault !== undefined) report(fault, before + index)
    }
    before += values.length
  }
}
