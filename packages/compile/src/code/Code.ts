/**
 * The language between the forms and the emitters: functions of loops, loads, stores and arithmetic on scalars and vectors.
 * WebAssembly and C are printed from the same code. Every operation is exact or rounded as IEEE 754 says, lane by lane, so
 * that both give the same bits.
 */

/** `index` is for addresses (in bytes) and counters: i32 in WebAssembly, a pointer's size in C. */
export type Kind = "f32" | "i32" | "index"

/** The properties of the target machine. Bits never depend on them. */
export interface Target {
  /** Numbers in a vector: 4 in WebAssembly, up to 16 in native code; 1 where there are no vectors. A divisor of 16. */
  readonly lanes: number
  /** Vectors that fit into registers. */
  readonly registers: number
}

export type Binary =
  | "add"
  | "sub"
  | "mul"
  /**
   * f32 as IEEE 754 says. An index, which isn't negative: rounded down. i32, scalars only: towards zero; forms see to it that
   * the divisor is neither 0 nor −1.
   */
  | "div"
  /** f32: NaN where either is NaN; −0 is less than 0. */
  | "min"
  | "max"
  /** i32 and index. */
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shrSigned"
  | "shrUnsigned"

/** Results are 0 or 1 for scalars and 0 or −1 for each lane of a vector, of kind i32. NaN: only `ne` holds. */
export type Compare = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "ltUnsigned"

/** f32: `neg` and `abs` change the sign's bit only. `round`: to nearest, ties to even. i32: `neg`. */
export type Unary = "neg" | "abs" | "sqrt" | "floor" | "ceil" | "trunc" | "round"

export interface Local {
  readonly name: string
  readonly kind: Kind
  readonly lanes: number
}

/** `lanes` is 1 for a scalar, else the target's; a task may have vectors of 8 throughout where these are 16. Operands have the lanes of their result unless something else is said. */
export type Expression =
  | { readonly op: "constant"; readonly kind: Kind; readonly lanes: number; readonly value: number }
  | { readonly op: "local"; readonly kind: Kind; readonly lanes: number; readonly local: Local }
  /** `from: "u8"` widens bytes to i32. The address is `address + offset` bytes; unaligned loads are allowed. */
  | {
      readonly op: "load"
      readonly kind: "f32" | "i32"
      readonly lanes: number
      readonly from: "f32" | "i32" | "u8"
      readonly address: Expression
      readonly offset: number
    }
  /** The address of a buffer that is bound at each call, or that has its place in the plan. Kind index. */
  | { readonly op: "address"; readonly kind: "index"; readonly lanes: 1; readonly buffer: number }
  /** A scalar in all lanes. */
  | { readonly op: "splat"; readonly kind: "f32" | "i32"; readonly lanes: number; readonly of: Expression }
  /** Scalars side by side. */
  | {
      readonly op: "pack"
      readonly kind: "f32" | "i32"
      readonly lanes: number
      readonly of: ReadonlyArray<Expression>
    }
  /** One lane of a vector, as a scalar. */
  | {
      readonly op: "extract"
      readonly kind: "f32" | "i32"
      readonly lanes: 1
      readonly lane: number
      readonly of: Expression
    }
  /** The lane numbers 0, 1, 2, … as i32. */
  | { readonly op: "iota"; readonly kind: "i32"; readonly lanes: number }
  | { readonly op: "unary"; readonly kind: Kind; readonly lanes: number; readonly name: Unary; readonly of: Expression }
  | {
      readonly op: "binary"
      readonly kind: Kind
      readonly lanes: number
      readonly name: Binary
      readonly left: Expression
      readonly right: Expression
    }
  /** left · right + addend, rounded once. */
  | {
      readonly op: "fma"
      readonly kind: "f32"
      readonly lanes: number
      readonly left: Expression
      readonly right: Expression
      readonly addend: Expression
    }
  | {
      readonly op: "compare"
      readonly kind: "i32"
      readonly lanes: number
      readonly name: Compare
      readonly left: Expression
      readonly right: Expression
    }
  /** `test` is the result of a comparison, or a combination of such results by and, or, xor. */
  | {
      readonly op: "select"
      readonly kind: Kind
      readonly lanes: number
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  /**
   * i32 → f32 to nearest; f32 → i32 towards zero, saturating, NaN to 0; i32 ↔ index (scalars; an index fits into 31 bits).
   */
  | { readonly op: "convert"; readonly kind: Kind; readonly lanes: number; readonly of: Expression }
  /** The same bits as f32 or i32. */
  | { readonly op: "bits"; readonly kind: "f32" | "i32"; readonly lanes: number; readonly of: Expression }

export type Statement =
  | { readonly op: "set"; readonly local: Local; readonly to: Expression }
  | {
      readonly op: "store"
      readonly address: Expression
      readonly offset: number
      readonly value: Expression
      /** The number of lanes to store, from the first on. Default: all. */
      readonly count?: number
    }
  /** `for (counter = from; counter < to; counter += step)`; `step` is positive. Bounds are computed once, before. */
  | {
      readonly op: "loop"
      readonly counter: Local
      readonly from: Expression
      readonly to: Expression
      readonly step: number
      readonly body: ReadonlyArray<Statement>
    }
  | {
      readonly op: "if"
      /** A scalar. */
      readonly test: Expression
      readonly yes: ReadonlyArray<Statement>
      readonly no?: ReadonlyArray<Statement>
    }

/**
 * Work that can be cut: `body` does the units `first` ≤ unit < `last`, both locals of kind index. Units touch nothing that
 * others of the same task write.
 */
export interface Task {
  readonly name: string
  /** The number of units. 1: it can't be divided. */
  readonly units: number
  /** The approximate cost of all units, in multiply-adds. */
  readonly work: number
  readonly first: Local
  readonly last: Local
  /** All locals but `first` and `last`. Names are unique within the task. */
  readonly locals: ReadonlyArray<Local>
  readonly body: ReadonlyArray<Statement>
}

/** Independent tasks, between two barriers. */
export interface Phase {
  readonly tasks: ReadonlyArray<Task>
}

/** The location of a buffer. */
export type Placement =
  /** At this address, in bytes. */
  | { readonly _tag: "Fixed"; readonly address: number }
  /** At the address (u32) in this entry of the program's table, written before each call. */
  | { readonly _tag: "Bound"; readonly entry: number }

/** A whole compiled part, the input of emitters. */
export interface Program {
  /** The address of the table of bound buffers, of u32. */
  readonly table: number
  /** By buffer. */
  readonly placements: ReadonlyArray<Placement>
  readonly phases: ReadonlyArray<Phase>
}
