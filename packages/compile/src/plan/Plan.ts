/**
 * What a step is to the compiler: buffers of known size, and nodes that fill them, in order. Shapes are constants. Reshaping,
 * broadcasting, transposing and slicing are ways to read a buffer (`Access`), never nodes of their own.
 */

/** The element type of a buffer. Booleans are stored as i32 0 or 1; bytes (u8) occur only in inputs and constants. */
export type ElementType = "f32" | "i32" | "u8"

/** Where a buffer lies. Inputs and outputs are bound to addresses at each call; the rest has its place in the plan. */
export type Place =
  | { readonly _tag: "Input"; readonly index: number }
  | { readonly _tag: "Output"; readonly index: number }
  | { readonly _tag: "Constant"; readonly bytes: Uint8Array }
  | { readonly _tag: "Temporary" }

/** A row-major array without gaps. `id` is its position in the plan's list. */
export interface Buffer {
  readonly id: number
  readonly type: ElementType
  /** In elements. The 64 bytes behind them may be read; their contents are undefined. */
  readonly size: number
  readonly place: Place
}

/** Which element of a buffer belongs to an index of an iteration: `offset + Σ strides[d] · index[d]`, in elements. */
export interface Access {
  readonly buffer: number
  readonly offset: number
  /** One for each dimension of the iteration; may be 0 (broadcast) or negative (reversed). */
  readonly strides: ReadonlyArray<number>
}

/** Types of scalar expressions. `bool` lives in registers only: a buffer that holds one is i32. */
export type ScalarType = "f32" | "i32" | "bool"

/** f32 → f32. `rsqrt` is 1 / √x, rounded twice. `round` is to nearest, ties to even. */
export type FloatFunction =
  | "neg"
  | "abs"
  | "sqrt"
  | "rsqrt"
  | "floor"
  | "ceil"
  | "round"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "tanh"
  | "sigmoid"
  | "softplus"
  | "erf"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "asinh"
  | "acosh"
  | "atanh"

/** (f32, f32) → f32 or (i32, i32) → i32. Whole numbers wrap around. `min` and `max` give NaN where either is NaN. */
export type Arithmetic = "add" | "sub" | "mul" | "div" | "min" | "max"

/** f32 only: x^y; the remainder with the sign of the divisor; the quotient rounded down; the angle of (y, x). */
export type FloatArithmetic = "pow" | "mod" | "floorDiv" | "atan2"

/** i32 only. `div` and `mod` round down, and give 0 for a divisor of 0; `mulHigh` is the upper half of the unsigned product. */
export type IntegerArithmetic =
  | "floorDiv"
  | "mod"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shrSigned"
  | "shrUnsigned"
  | "mulHigh"

export type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge"

/**
 * One element's value, as a directed acyclic graph: a node that is reached twice (the same object) is computed once.
 * Indices are those of the iteration that the expression belongs to.
 */
export type Scalar =
  | { readonly op: "read"; readonly type: "f32" | "i32"; readonly access: Access }
  /** A read at a computed element: `index` (i32) counts from the beginning of the buffer. Out of range reads are the planner's to avoid. */
  | { readonly op: "gather"; readonly type: "f32" | "i32"; readonly buffer: number; readonly index: Scalar }
  | { readonly op: "constant"; readonly type: "f32" | "i32"; readonly value: number }
  /** The position along one dimension of the iteration, i32. */
  | { readonly op: "index"; readonly type: "i32"; readonly dimension: number }
  /** What was reduced or contracted, in a `finish`. */
  | { readonly op: "accumulator"; readonly type: "f32" | "i32" }
  | { readonly op: "unary"; readonly type: "f32"; readonly name: FloatFunction; readonly of: Scalar }
  /** `neg` and `abs` of whole numbers; `not` of bool. */
  | { readonly op: "integer"; readonly type: "i32"; readonly name: "neg" | "abs"; readonly of: Scalar }
  | { readonly op: "not"; readonly type: "bool"; readonly of: Scalar }
  | {
      readonly op: "binary"
      readonly type: "f32" | "i32"
      readonly name: Arithmetic | FloatArithmetic | IntegerArithmetic
      readonly left: Scalar
      readonly right: Scalar
    }
  /** left · right + addend, rounded once. */
  | { readonly op: "fma"; readonly type: "f32"; readonly left: Scalar; readonly right: Scalar; readonly addend: Scalar }
  /** Both sides of one type, f32 or i32. Comparisons with NaN are false, but `ne` is true. */
  | {
      readonly op: "compare"
      readonly type: "bool"
      readonly name: Comparison
      readonly left: Scalar
      readonly right: Scalar
    }
  | {
      readonly op: "logic"
      readonly type: "bool"
      readonly name: "and" | "or" | "xor"
      readonly left: Scalar
      readonly right: Scalar
    }
  | {
      readonly op: "select"
      readonly type: ScalarType
      readonly test: Scalar
      readonly yes: Scalar
      readonly no: Scalar
    }
  /** i32 → f32 (nearest), f32 → i32 (towards zero, saturating, NaN to 0), bool → 0 or 1, number → bool (is not 0). */
  | { readonly op: "convert"; readonly type: ScalarType; readonly of: Scalar }
  /** The same 32 bits as another type. */
  | { readonly op: "bits"; readonly type: "f32" | "i32"; readonly of: Scalar }

/** What a node writes, at each index of its iteration. Indices that share an element are a mistake. */
export interface Write {
  readonly access: Access
  /** f32 or i32, like the buffer; bool is written as 0 or 1. */
  readonly value: Scalar
}

/** Element by element. Several writes share common subexpressions (the same object is computed once). */
export interface Map {
  readonly _tag: "Map"
  readonly shape: ReadonlyArray<number>
  readonly writes: ReadonlyArray<Write>
}

/**
 * How a reduction adds up. It is the planner's choice, by shapes alone, so that no bit depends on threads or vectors:
 * - `sequence`: in ascending (row-major) order of the reduced indices;
 * - `lanes`: lane i of 16 takes the elements i, i + 16, … of the last reduced dimension, for all the others in order; then
 *   lane i and i + 8 are combined, i and i + 4, i + 2, i + 1.
 */
export type Order = "sequence" | "lanes"

/** One element for each index of `shape`, from all indices of `over`. An empty `over` gives the operator's identity. */
export interface Reduce {
  readonly _tag: "Reduce"
  readonly shape: ReadonlyArray<number>
  readonly over: ReadonlyArray<number>
  /** `argMax` and `argMin` give the first flat index within `over`, i32, of values of either type; NaN is passed over. */
  readonly operator: "sum" | "product" | "max" | "min" | "argMax" | "argMin"
  readonly order: Order
  /** Over the indices of `shape`, then those of `over`. */
  readonly value: Scalar
  /** Over the indices of `shape`, with `accumulator`. */
  readonly writes: ReadonlyArray<Write>
}

/**
 * Σ over `inner` of left · right by fused multiply-add, in ascending order of the inner indices, beginning with 0. Matrix
 * products and convolutions alike. With `parts` > 1 the first inner dimension is cut into as many runs of equal length (the
 * last may be shorter), each begins with 0, and the parts are added in order.
 */
export interface Contract {
  readonly _tag: "Contract"
  readonly batch: ReadonlyArray<number>
  readonly rows: ReadonlyArray<number>
  readonly columns: ReadonlyArray<number>
  readonly inner: ReadonlyArray<number>
  readonly parts: number
  /** Over [...batch, ...rows, ...inner], f32. */
  readonly left: Access
  /** Over [...batch, ...inner, ...columns], f32. Its stride in the last of `columns` is 1 where there is more than one. */
  readonly right: Access
  /** Over [...batch, ...rows, ...columns], with `accumulator`. */
  readonly writes: ReadonlyArray<Write>
}

/**
 * Adds `value` to the element `index` of the buffer, for each index of the iteration in row-major order; the buffer is
 * filled with `initial` before. The first `disjoint` dimensions of the iteration never share an element.
 */
export interface Scatter {
  readonly _tag: "Scatter"
  readonly shape: ReadonlyArray<number>
  readonly disjoint: number
  readonly buffer: number
  readonly initial: number
  readonly operator: "add" | "max" | "set"
  /** i32, the element counted from the beginning of the buffer; a negative one is passed over. */
  readonly index: Scalar
  readonly value: Scalar
}

/** Cumulative sum or product along one dimension of length `length`, in ascending order (of a reversed access, where wanted). */
export interface Scan {
  readonly _tag: "Scan"
  readonly shape: ReadonlyArray<number>
  readonly length: number
  readonly operator: "sum" | "product"
  readonly exclusive: boolean
  /** Over [...shape, length]. */
  readonly value: Scalar
  readonly write: Access
}

/** A backend kernel that cannot be compiled; it is called between two compiled parts. */
export interface Foreign {
  readonly _tag: "Foreign"
  readonly kernel: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** In the order of the kernel's names for them. */
  readonly inputs: ReadonlyArray<{ readonly name: string; readonly tensors: ReadonlyArray<Tensor> | Tensor }>
  readonly outputs: ReadonlyArray<Tensor>
}

/** A whole buffer as tfjs sees it. */
export interface Tensor {
  readonly buffer: number
  readonly shape: ReadonlyArray<number>
  readonly dtype: "float32" | "int32" | "bool"
}

/**
 * Nodes that are done in turn for each index of `shape`, the first dimensions of all of them. What one leaves for the next may
 * have the stride 0 in all of these dimensions but the first, and then stays small enough for a near cache. Indices of the
 * first dimension need nothing of each other.
 */
export interface Loop {
  readonly _tag: "Loop"
  readonly shape: ReadonlyArray<number>
  readonly body: ReadonlyArray<Map | Contract>
}

export type Node = Map | Reduce | Contract | Scatter | Scan | Foreign | Loop

export interface Plan {
  readonly buffers: ReadonlyArray<Buffer>
  /** Each reads inputs, constants and the results of earlier nodes. */
  readonly nodes: ReadonlyArray<Node>
  readonly inputs: ReadonlyArray<Tensor>
  readonly outputs: ReadonlyArray<Tensor>
}
