/** Whether outputs and targets fit a loss, in sentences that say what was found, what was expected and what to do. */
import { element } from "../Lookup.ts"
import type { HostValues } from "../Loss.ts"
import type { TensorSpec } from "../Tensors.ts"

/** A spec as text: `[batch, 10] float32`. */
export const text = ({ shape, dtype }: TensorSpec): string =>
  `[${shape.map((side) => side ?? "batch").join(", ")}] ${dtype}`

export const sameShape = (a: ReadonlyArray<number | null>, b: ReadonlyArray<number | null>): boolean =>
  a.length === b.length && a.every((side, index) => side === b[index])

/** The position of a value: `sample 3`, or `sample 3, element [1, 0]` of the sample; by the index in the dataset where it is known. */
export const place = (index: number, shape: ReadonlyArray<number>, samples?: Int32Array): string => {
  const inner = shape.slice(1)
  const indices: Array<number> = []
  let rest = index
  for (const side of [...inner].reverse()) {
    indices.unshift(rest % side)
    rest = Math.floor(rest / side)
  }
  const sample = `sample ${samples?.[rest] ?? rest}`
  return inner.length === 0 ? sample : `${sample}, element [${indices.join(", ")}]`
}

/** One sentence about the first value that is wrong and how many more there are; none when all are right. */
export const wrongValues = (
  { values, shape, indices }: HostValues,
  right: (value: number) => boolean,
  sentence: (value: number, where: string) => string
): ReadonlyArray<string> => {
  let first = -1
  let count = 0
  for (let index = 0; index < values.length; index++) {
    if (right(values[index]!)) continue
    if (count++ === 0) first = index
  }
  if (count === 0) return []
  const more = count === 1 ? "" : ` (${count} such values in these targets)`
  return [sentence(element(values, first), place(first, shape, indices)) + more]
}

/** The problems of outputs and targets that should have the same shape. */
export const checkSame =
  (name: string) =>
  (outputs: TensorSpec, targets: TensorSpec): ReadonlyArray<string> => {
    const problems: Array<string> = []
    if (outputs.dtype !== "float32") problems.push(`${name} needs float32 outputs, but they are ${text(outputs)}`)
    if (sameShape(outputs.shape, targets.shape)) return problems
    const shapes = `outputs are ${text(outputs)} and targets ${text(targets)}`
    const [longer, shorter] =
      outputs.shape.length > targets.shape.length ? [outputs.shape, targets.shape] : [targets.shape, outputs.shape]
    const onlyOnes = longer.at(-1) === 1 && sameShape(longer.slice(0, -1), shorter)
    const labels = targets.dtype === "int32" && sameShape(outputs.shape.slice(0, -1), targets.shape)
    const advice = onlyOnes
      ? `; reshape the ${longer === outputs.shape ? "outputs" : "targets"} to drop their last dimension of 1`
      : labels
        ? "; if targets are labels of classes, the loss is softmaxCrossEntropy"
        : ""
    return [...problems, `${name} compares outputs with targets of the same shape, but ${shapes}${advice}`]
  }
