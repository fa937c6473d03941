import { zip } from "../Lists.ts"
/** Describes the first difference between two recordings of one program, in a sentence for people. */

/** Where a tensor comes from. */
export type Source =
  | { readonly _tag: "Input"; readonly index: number }
  | { readonly _tag: "Constant"; readonly index: number }
  | { readonly _tag: "Operation"; readonly index: number; readonly output: number }

export interface Constant {
  readonly shape: ReadonlyArray<number>
  readonly dtype: string
  readonly bytes: Uint8Array
}

/** The parts of a recording that are compared, whatever it was made for. */
export interface Compared {
  readonly operations: ReadonlyArray<{
    readonly name: string
    /** As text: different values have different texts. */
    readonly attributes: string
    readonly inputs: ReadonlyArray<Source>
    /** Their shapes and dtypes, as text. */
    readonly outputs: string
  }>
  readonly constants: ReadonlyArray<Constant>
  readonly outputs: ReadonlyArray<{ readonly path: string; readonly source: Source }>
}

/** Whole words where there are some: a constant may be as large as a batch's activations. */
const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayLike<number> =>
  byteOffset % 4 === 0 && byteLength % 4 === 0
    ? new Int32Array(buffer, byteOffset, byteLength / 4)
    : new Uint8Array(buffer, byteOffset, byteLength)

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  const [words, others] = [wordsOf(a), wordsOf(b)]
  if (a.length !== b.length || words.length !== others.length) return false
  for (let index = 0; index < words.length; index++) if (words[index] !== others[index]) return false
  return true
}

export const sameSource = (a: Source, b: Source): boolean =>
  a._tag === b._tag && a.index === b.index && (a._tag !== "Operation" || a.output === (b as typeof a).output)

const sameSources = (a: ReadonlyArray<Source>, b: ReadonlyArray<Source>): boolean =>
  a.length === b.length && zip(a, b).every(([one, other]) => sameSource(one, other))

/** The first elements of a constant. */
const shown = ({ bytes, dtype, shape }: Constant): string => {
  const whole = bytes.byteLength % 4 === 0 && bytes.byteLength > 0 ? bytes.slice() : undefined
  if (whole === undefined) return `of ${bytes.length} bytes`
  const values = dtype === "float32" ? new Float32Array(whole.buffer) : new Int32Array(whole.buffer)
  const text = [...values.slice(0, 4)].map((value) => String(Number(value.toPrecision(7)))).join(", ")
  return shape.length === 0 ? text : `[${text}${values.length > 4 ? ", …" : ""}]`
}

const users = ({ operations }: Compared, constant: number): string => {
  const at = operations.findIndex(({ inputs }) =>
    inputs.some((source) => source._tag === "Constant" && source.index === constant)
  )
  return at < 0 ? "an output" : `operation ${at} (${operations[at]!.name})`
}

const ofOperations = (before: Compared, now: Compared): string | undefined => {
  for (const [at, operation] of before.operations.entries()) {
    const other = now.operations[at]
    if (other === undefined) break
    const { name, attributes, inputs, outputs } = operation
    if (name !== other.name) return `operation ${at} is ${other.name} and was ${name}`
    if (attributes !== other.attributes) {
      return `operation ${at} (${name}) has the attributes ${other.attributes} and had ${attributes}`
    }
    if (!sameSources(inputs, other.inputs)) return `operation ${at} (${name}) has different inputs than before`
    if (outputs !== other.outputs) return `operation ${at} (${name}) gives ${other.outputs} and gave ${outputs}`
  }
  if (before.operations.length === now.operations.length) return undefined
  return `it has ${now.operations.length} operations and had ${before.operations.length}`
}

const ofConstants = (before: Compared, now: Compared): string | undefined => {
  for (const [at, constant] of before.constants.entries()) {
    const other = now.constants[at]
    if (other === undefined) break
    const same = constant.dtype === other.dtype && constant.shape.join() === other.shape.join()
    if (!same || !sameBytes(constant.bytes, other.bytes)) {
      return `a number that enters ${users(before, at)} is ${shown(other)} and was ${shown(constant)}`
    }
  }
  if (before.constants.length === now.constants.length) return undefined
  return `it has ${now.constants.length} constants and had ${before.constants.length}`
}

const ofOutputs = (before: Compared, now: Compared): string | undefined => {
  const same =
    before.outputs.length === now.outputs.length &&
    zip(before.outputs, now.outputs).every(([was, is]) => was.path === is.path && sameSource(was.source, is.source))
  return same ? undefined : "its outputs differ from before"
}

/** `undefined` when the code compiled from one is also valid for the other. */
export const between = (before: Compared, now: Compared): string | undefined =>
  ofOperations(before, now) ?? ofConstants(before, now) ?? ofOutputs(before, now)
