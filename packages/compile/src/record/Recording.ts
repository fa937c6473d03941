/**
 * What one call of a program did, kernel by kernel, as tfjs calls them at the outermost level: enough to plan the same
 * computation, and to tell whether two calls did the same.
 */

import * as Difference from "./Difference.ts"
import * as Kernels from "./Kernels.ts"

/** `uint8`: bytes uploaded as the batch holds them (the kernel UploadBytes); no operation produces them. */
export type DType = "float32" | "int32" | "bool" | "uint8"

/** Where a value comes from: an input, a constant, or one of the outputs of an earlier operation. */
export type Source = Difference.Source

export interface Spec {
  readonly shape: ReadonlyArray<number>
  readonly dtype: DType
}

/** A tensor that the caller passes at each call. */
export interface Input extends Spec {
  /** Keys from the root of the inputs' tree, joined by a space: `parameters c1/kernel`. */
  readonly path: string
}

/** A value that came from JavaScript while the program ran. Bytes are little-endian; bool is a byte, 0 or 1. */
export interface Constant extends Spec {
  readonly bytes: Uint8Array
}

/**
 * A kernel that ran. Attributes and inputs have tfjs' names for them; a kernel that takes an array (`Concat`, `Pack`, `AddN`,
 * `Einsum`) has inputs named `"0"`, `"1"`, … in order. Inputs that were left out are absent.
 */
export interface Operation {
  readonly kernel: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly inputs: Readonly<Record<string, Source>>
  /** The outputs when it was recorded; their shapes are the same at every call. */
  readonly outputs: ReadonlyArray<Spec>
  /** Whether the result is an array, even of one tensor. */
  readonly givesList: boolean
  /** For each output, the input whose data it shares under another handle or shape; `undefined` if it has its own data. */
  readonly sharing: ReadonlyArray<string | undefined>
}

export interface Output {
  readonly path: string
  readonly source: Source
}

export interface Recording {
  readonly inputs: ReadonlyArray<Input>
  readonly constants: ReadonlyArray<Constant>
  /** In the order in which they ran: each reads inputs, constants and earlier operations. */
  readonly operations: ReadonlyArray<Operation>
  readonly outputs: ReadonlyArray<Output>
}

const specText = ({ dtype, shape }: Spec): string => `${dtype} [${shape.join(", ")}]`

const compared = ({ operations, constants, outputs }: Recording): Difference.Compared => ({
  operations: operations.map((operation) => ({
    name: operation.kernel,
    attributes: Kernels.textOf(operation.attributes),
    inputs: Object.values(operation.inputs),
    outputs: operation.outputs.map(specText).join(", ")
  })),
  constants,
  outputs
})

/** Describes how two recordings differ, in a sentence; `undefined` when code compiled from one is valid for both. */
export const difference = (before: Recording, now: Recording): string | undefined =>
  Difference.between(compared(before), compared(now))
