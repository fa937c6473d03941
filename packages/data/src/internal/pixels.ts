/** Images in memory, and what is done to their pixels while they are read. */

import { DataError } from "@etude/core/Errors"
import { sideOf } from "@etude/core/Tensors"
import type { IdxArray, IdxDtype } from "./idxFormat.ts"
import { ofImages, type Rows } from "./Rows.ts"

/**
 * How a pixel becomes an input. `"unit"`: x/255, in [0, 1], for ubyte files. `{ mean, deviation }`:
 * (x/255 − mean)/deviation for ubyte files, so both are on the unit scale (MNIST: 0.1307 and 0.3081), and
 * (x − mean)/deviation for files of any other dtype. Bytes are normalized in the step, in float32: x·s + o with
 * s = 1/(255·deviation) and o = −mean/deviation, on every backend with the same bits.
 */
export type Normalize = "unit" | { readonly mean: number; readonly deviation: number }

/** The treatment of images while they are read. */
export interface ImageOptions {
  /** Default: unchanged pixels, 0 to 255 for ubyte files. */
  readonly normalize?: Normalize
  /** Pixels of background (0 in the file, normalized like any other) added on each of the four sides. Default: 0. */
  readonly pad?: number
}

/** Every problem of the options; `dtype` is that of the images' file, if it could be read. */
export const optionProblems = (
  name: string,
  options: ImageOptions,
  dtype: IdxDtype | undefined
): ReadonlyArray<DataError> => {
  const { normalize, pad = 0 } = options
  const problems: Array<DataError> = []
  const problem = (option: string, found: string, expected: string, advice: string) =>
    problems.push(new DataError({ source: `${name}.${option}`, found, expected, advice }))
  if (!(Number.isSafeInteger(pad) && pad >= 0)) problem("pad", `${pad}`, "0 or more whole pixels", "LeNet-5 pads by 2.")
  if (normalize === "unit") {
    if (dtype !== undefined && dtype !== "ubyte") {
      problem("normalize", `"unit"`, `{ mean, deviation } for ${dtype} values`, "Only ubyte pixels have a known range.")
    }
  } else if (normalize !== undefined) {
    const { mean, deviation } = normalize
    if (!Number.isFinite(mean)) problem("normalize.mean", `${mean}`, "a finite number", "0 leaves the mean unchanged.")
    if (!(deviation > 0 && deviation < Number.POSITIVE_INFINITY)) {
      problem("normalize.deviation", `${deviation}`, "a finite number above 0", "1 leaves the scale unchanged.")
    }
  }
  return problems
}

/** The images as rows; those that are not ubyte are normalized here, others in the step. */
export const rowsOf = ({ dtype, shape, values }: IdxArray, { normalize, pad = 0 }: ImageOptions): Rows => {
  const layout = { height: sideOf(shape, 1), width: sideOf(shape, 2), channels: shape[3] ?? 1, pad }
  if (normalize === undefined) {
    return ofImages(values instanceof Int32Array ? new Float32Array(values) : values, { ...layout, background: 0 })
  }
  const { mean, deviation } = normalize === "unit" ? { mean: 0, deviation: 1 } : normalize
  if (dtype === "ubyte") {
    const bytes = { scale: 1 / (255 * deviation), offset: -mean / deviation }
    return ofImages(values, { ...layout, background: 0, bytes })
  }
  const normalized = Float32Array.from(values, (value) => (value - mean) / deviation)
  return ofImages(normalized, { ...layout, background: -mean / deviation })
}
