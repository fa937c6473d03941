/** tfjs kernels that can't be recorded faithfully on any backend. */

/** The state of their generator is neither in the compiled program nor in a checkpoint. */
const drawing = new Set(["Multinomial"])

/** The shapes of their outputs depend on values. */
const shapedByValues = new Set([
  ...["Unique", "Where", "NonMaxSuppressionV3", "NonMaxSuppressionV4", "NonMaxSuppressionV5", "SparseFillEmptyRows"],
  ...["SparseReshape", "SparseSegmentMean", "SparseSegmentSum", "RaggedGather", "RaggedRange", "RaggedTensorToTensor"]
])

export const isDrawing = (kernel: string): boolean => drawing.has(kernel)
export const isShapedByValues = (kernel: string): boolean => shapedByValues.has(kernel)

/** A copy of the attributes, which later changes do not reach. */
export const snapshot = (value: unknown): unknown => {
  if (ArrayBuffer.isView(value)) return structuredClone(value)
  if (Array.isArray(value)) return value.map(snapshot)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, snapshot(member)]))
}

/** Numbers that JSON cannot represent. */
const spelt = (_name: string, value: unknown): unknown => {
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return `number ${value}${1 / value}`
  return ArrayBuffer.isView(value) ? { ...value } : value
}

/** Attributes as text: different values have different texts. */
export const textOf = (attributes: Readonly<Record<string, unknown>>): string => JSON.stringify(attributes, spelt)
