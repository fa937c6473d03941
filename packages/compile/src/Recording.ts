/** What a program did, as data: its operations in order, where their inputs come from, and constants. */
import type { OperationAttribute } from "@etude/core/kernels/TfjsNode"

/** Where a tensor comes from. */
export type Source =
  | { readonly _tag: "Input"; readonly index: number }
  | { readonly _tag: "Constant"; readonly index: number }
  | { readonly _tag: "Operation"; readonly index: number; readonly output: number }

export interface Operation {
  readonly name: string
  readonly attributes: ReadonlyArray<OperationAttribute>
  readonly inputs: ReadonlyArray<Source>
  /** What it gave when it was recorded: shapes are those of every call. */
  readonly outputs: ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly dtype: number }>
  /** Operations that must have run before, beyond those that give inputs: earlier users of the same resource. */
  readonly after: ReadonlyArray<number>
}

/** A value that came from JavaScript while the program ran. */
export interface Constant {
  readonly shape: ReadonlyArray<number>
  /** TensorFlow's number of the dtype. */
  readonly dtype: number
  readonly bytes: Uint8Array
}

export interface Input {
  readonly path: string
  readonly shape: ReadonlyArray<number>
  readonly dtype: number
}

export interface Output {
  readonly path: string
  readonly source: Source
}

export interface Recording {
  readonly inputs: ReadonlyArray<Input>
  readonly constants: ReadonlyArray<Constant>
  readonly operations: ReadonlyArray<Operation>
  readonly outputs: ReadonlyArray<Output>
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && Buffer.compare(a, b) === 0

const sameSource = (a: Source, b: Source): boolean =>
  a._tag === b._tag && a.index === b.index && (a._tag !== "Operation" || a.output === (b as typeof a).output)

/** The first elements of a constant, for people. */
const shown = ({ bytes, dtype, shape }: Constant): string => {
  const whole = bytes.byteLength % 4 === 0 && bytes.byteLength > 0 ? bytes.slice() : undefined
  if (whole === undefined) return `of ${bytes.length} bytes`
  const values = dtype === 1 ? new Float32Array(whole.buffer) : new Int32Array(whole.buffer)
  const text = [...values.slice(0, 4)].map((value) => String(Number(value.toPrecision(7)))).join(", ")
  return shape.length === 0 ? text : `[${text}${values.length > 4 ? ", …" : ""}]`
}

const users = ({ operations }: Recording, constant: number): string => {
  const at = operations.findIndex(({ inputs }) =>
    inputs.some((source) => source._tag === "Constant" && source.index === constant)
  )
  return at < 0 ? "an output" : `operation ${at} (${operations[at]!.name})`
}

/** In which respect two recordings differ, as a sentence; `undefined` when the same graph stands for both. */
export const difference = (before: Recording, now: Recording): string | undefined => {
  for (const [at, operation] of before.operations.entries()) {
    const other = now.operations[at]
    if (other === undefined) break
    if (operation.name !== other.name) return `operation ${at} is ${other.name} and was ${operation.name}`
    const attributes = JSON.stringify(operation.attributes)
    if (attributes !== JSON.stringify(other.attributes)) {
      return `operation ${at} (${operation.name}) has the attributes ${JSON.stringify(other.attributes)} and had ${attributes}`
    }
    const inputs = operation.inputs.length === other.inputs.length
    if (!inputs || operation.inputs.some((source, input) => !sameSource(source, other.inputs[input]!))) {
      return `operation ${at} (${operation.name}) has different inputs than before`
    }
  }
  if (before.operations.length !== now.operations.length) {
    return `it has ${now.operations.length} operations and had ${before.operations.length}`
  }
  for (const [at, constant] of before.constants.entries()) {
    const other = now.constants[at]
    if (other === undefined) break
    const same = constant.dtype === other.dtype && constant.shape.join() === other.shape.join()
    if (!same || !sameBytes(constant.bytes, other.bytes)) {
      return `a number that enters ${users(before, at)} is ${shown(other)} and was ${shown(constant)}`
    }
  }
  if (before.constants.length !== now.constants.length) {
    return `it has ${now.constants.length} constants and had ${before.constants.length}`
  }
  const same =
    before.outputs.length === now.outputs.length &&
    before.outputs.every(({ path, source }, at) => {
      const other = now.outputs[at]!
      return path === other.path && sameSource(source, other.source)
    })
  return same ? undefined : "its outputs differ from before"
}
