/** Kernels of tfjs that can't be recorded faithfully, whatever runs them. */

/** Their generator's state is neither in what is compiled nor in a checkpoint. */
const drawing = new Set(["Multinomial"])

/** The shapes of what they give depend on values. */
const shapedByValues = new Set([
  ...["Unique", "Where", "NonMaxSuppressionV3", "NonMaxSuppressionV4", "NonMaxSuppressionV5", "SparseFillEmptyRows"],
  ...["SparseReshape", "SparseSegmentMean", "SparseSegmentSum", "RaggedGather", "RaggedRange", "RaggedTensorToTensor"]
])

export const isDrawing = (kernel: string): boolean => drawing.has(kernel)
export const isShapedByValues = (kernel: string): boolean => shapedByValues.has(kernel)

/** Attributes as they are now, however they are changed later. */
export const snapshot = (value: unknown): unknown => {
  if (ArrayBuffer.isView(value)) return structuredClone(value)
  if (Array.isArray(value)) return value.map(snapshot)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, snapshot(member)]))
}

/** Numbers that JSON has no word for. */
const spelt = (_name: string, value: unknown): unknown => {
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return `number ${value}${1 / value}`
  return ArrayBuffer.isView(value) ? { ...value } : value
}

/** Attributes as text in which whatever differs looks different. */
export const textOf = (attributes: Readonly<Record<string, unknown>>): string => JSON.stringify(attributes, spelt)
