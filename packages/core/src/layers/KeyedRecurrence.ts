/**
 * Dropout inside recurrent layers, keyed: one mask for each sample, the same at all times, redrawn at each call. Gal
 * and Ghahramani 2016, arXiv:1512.05287. A plain RNN of tf.layers never renews its cells' masks; here it does.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as RandomBits from "../RandomBits.ts"
import type { Pass } from "./Pass.ts"
import { type CellParts, type Layer, partsOf } from "./TfLayers.ts"

/** The number of masks that a cell requests, for its input and again for its state, and the number that it uses. */
const maskCounts: { readonly [className: string]: { readonly requested: number; readonly used: number } } = {
  SimpleRNNCell: { requested: 1, used: 1 },
  GRUCell: { requested: 3, used: 1 },
  LSTMCell: { requested: 4, used: 1 },
  ConvLSTM2DCell: { requested: 4, used: 4 }
}

const cellsIn = (cell: Layer): ReadonlyArray<Layer> => partsOf<CellParts>(cell).cells?.flatMap(cellsIn) ?? [cell]

const isRate = (rate: number | undefined): boolean => rate !== undefined && rate > 0 && rate < 1

const forget = (cell: CellParts): void => {
  if (cell.dropoutMask != null) tf.dispose(cell.dropoutMask)
  if (cell.recurrentDropoutMask != null) tf.dispose(cell.recurrentDropoutMask)
  cell.dropoutMask = null
  cell.recurrentDropoutMask = null
}

/** Makes the cells of a recurrent layer draw their masks from the pass; does nothing to layers without dropout. */
export const install = (layer: Layer, path: string, pass: Pass): void => {
  const recurrent = partsOf<{ readonly cell?: Layer }>(layer)
  if (recurrent.cell === undefined) return
  const cells = cellsIn(recurrent.cell).flatMap((cell, index) => {
    const parts = partsOf<CellParts>(cell)
    const kinds = [
      ...(isRate(parts.dropout) ? ["dropout"] : []),
      ...(isRate(parts.recurrentDropout) ? ["recurrent_dropout"] : [])
    ]
    return kinds.length === 0 ? [] : [{ parts, index, kinds, counts: maskCounts[cell.getClassName()] }]
  })
  if (cells.length === 0) return
  const { call } = recurrent
  recurrent.call = (inputs, options) => {
    const callPath = pass.pathOfCall(path)
    for (const { parts, index, kinds, counts } of cells) {
      let requested = 0
      parts.dropoutFunc = (ones, rate) => {
        const mask = counts === undefined ? requested : requested % counts.requested
        const kind = counts === undefined ? "mask" : kinds[Math.floor(requested / counts.requested)]
        requested++
        return counts !== undefined && mask >= counts.used
          ? ones
          : RandomBits.dropout(pass.random(), `${callPath}/cell-${index}/${kind}/${mask}`, ones, rate)
      }
    }
    try {
      return call.call(layer, inputs, options)
    } finally {
      for (const { parts } of cells) forget(parts)
    }
  }
}
