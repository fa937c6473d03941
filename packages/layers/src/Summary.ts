/** What a model consists of: layers, output shapes, parameters and multiply-adds. */
import * as Rng from "@etude/core/Rng"
import { tidy } from "@etude/core/Tensors"
import * as Trace from "./internal/Trace.ts"
import * as Layer from "./Layer.ts"

/** The layers that a layer consists of, in the order in which they are called, for inputs of that shape. */
export const rows = (layer: Layer.Layer<any, any>, inputs: Layer.Inputs): ReadonlyArray<Layer.Row> => {
  let result: ReadonlyArray<Layer.Row> = []
  tidy(() => {
    result = layer.initialize(Rng.key(0), Layer.specsOf(inputs)).rows
  })
  return result
}

const shapeText = (specs: Layer.Specs): string =>
  Trace.isSpec(specs)
    ? `[${specs.shape.join(", ")}]`
    : Object.entries(specs)
        .map(([name, { shape }]) => `${name} [${shape.join(", ")}]`)
        .join(", ")

/**
 * A table for a terminal: a line for each layer, and the sums.
 *
 * ```ts
 * console.log(Summary.text(network, [784]))
 * ```
 */
export const text = (layer: Layer.Layer<any, any>, inputs: Layer.Inputs): string => {
  const all = rows(layer, inputs)
  const sum = (of: (row: Layer.Row) => number) => all.reduce((total, row) => total + of(row), 0).toLocaleString("en")
  const lines = [
    ["layer", "kind", "outputs", "parameters", "multiply-adds"],
    ...all.map(({ path, kind, outputs, parameters, multiplyAdds }) => [
      path,
      kind,
      shapeText(outputs),
      parameters.toLocaleString("en"),
      multiplyAdds.toLocaleString("en")
    ]),
    ["in all", "", "", sum(({ parameters }) => parameters), sum(({ multiplyAdds }) => multiplyAdds)]
  ]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
