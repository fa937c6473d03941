/** A program as data: its operations in order, the sources of their inputs, and constants. */
import type { OperationAttribute } from "@etude/core/kernels/TfjsNode"
import * as Difference from "../record/Difference.ts"

/** Where a tensor comes from. */
export type Source = Difference.Source

export interface Operation {
  readonly name: string
  readonly attributes: ReadonlyArray<OperationAttribute>
  readonly inputs: ReadonlyArray<Source>
  /** The outputs when it was recorded; their shapes are the same at every call. */
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

/** TensorFlow's number of float32. */
const float = 1

const compared = ({ operations, constants, outputs }: Recording): Difference.Compared => ({
  operations: operations.map((operation) => ({
    name: operation.name,
    attributes: JSON.stringify(operation.attributes),
    inputs: operation.inputs,
    outputs: operation.outputs.map(({ dtype, shape }) => `${dtype}[${shape.join(", ")}]`).join(" ")
  })),
  constants: constants.map(({ bytes, dtype, shape }) => ({
    bytes,
    shape,
    dtype: dtype === float ? "float32" : String(dtype)
  })),
  outputs
})

/** Describes how two recordings differ, in a sentence; `undefined` when one graph is valid for both. */
export const difference = (before: Recording, now: Recording): string | undefined =>
  Difference.between(compared(before), compared(now))
