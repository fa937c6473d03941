/** The body of one function: typed locals, structured control, and instructions in the order of the stack machine. */
import { Bytes } from "./Bytes.ts"
import * as Opcodes from "./Opcodes.ts"

/** A block or loop that can be branched to, by its nesting depth. */
export type Label = number & { readonly Label?: never }

const emptyType = 0x40

export class Body {
  readonly #code = new Bytes()
  readonly #parameters: number
  readonly #locals: Array<Opcodes.ValueType> = []
  #depth = 0

  constructor(parameters: ReadonlyArray<Opcodes.ValueType>) {
    this.#parameters = parameters.length
  }

  /** A new local, which holds 0; parameters come first. */
  local(type: Opcodes.ValueType): number {
    return this.#parameters + this.#locals.push(type) - 1
  }

  #instruction(code: number): void {
    if (code > 0xff) {
      this.#code.byte(code >>> 16)
      this.#code.unsigned(code & 0xffff)
    } else this.#code.byte(code)
  }

  do(name: Opcodes.Plain): void {
    this.#instruction(Opcodes.plain[name])
  }

  lane(name: Opcodes.Lane, lane: number): void {
    this.#instruction(Opcodes.lane[name])
    this.#code.byte(lane)
  }

  /** `alignment` is the exponent of a power of two, in bytes. It is a hint, except with atomics. */
  memory(name: Opcodes.Memory, offset = 0, alignment = 2): void {
    this.#instruction(Opcodes.memory[name])
    this.#code.byte(alignment)
    this.#code.unsigned(offset)
  }

  storeLane(name: Opcodes.MemoryLane, offset: number, lane: number): void {
    this.#instruction(Opcodes.memoryLane[name])
    this.#code.byte(2)
    this.#code.unsigned(offset)
    this.#code.byte(lane)
  }

  i32(value: number): void {
    this.#code.byte(0x41)
    this.#code.signed(value)
  }

  f32(value: number): void {
    this.#code.byte(0x43)
    this.#code.float32(value)
  }

  /** A constant vector of four numbers, all of one kind. */
  v128(kind: "f32" | "i32", values: ReadonlyArray<number>): void {
    this.#instruction(0xfd000c)
    for (const value of values) kind === "f32" ? this.#code.float32(value) : this.#code.int32(value)
  }

  get(local: number): void {
    this.#code.byte(0x20)
    this.#code.unsigned(local)
  }

  set(local: number): void {
    this.#code.byte(0x21)
    this.#code.unsigned(local)
  }

  /** Sets it and leaves the value on the stack. */
  tee(local: number): void {
    this.#code.byte(0x22)
    this.#code.unsigned(local)
  }

  call(target: number): void {
    this.#code.byte(0x10)
    this.#code.unsigned(target)
  }

  #nest(opcode: number, fill: (label: Label) => void): void {
    this.#code.byte(opcode)
    this.#code.byte(emptyType)
    fill(++this.#depth)
    this.#depth--
    this.#code.byte(0x0b)
  }

  /** A branch to its label leaves it. */
  block(fill: (label: Label) => void): void {
    this.#nest(0x02, fill)
  }

  /** A branch to its label starts it again; otherwise it ends after its last instruction. */
  loop(fill: (label: Label) => void): void {
    this.#nest(0x03, fill)
  }

  /** Takes the condition from the stack. */
  if(yes: () => void, no?: () => void): void {
    this.#nest(0x04, () => {
      yes()
      if (no === undefined) return
      this.#code.byte(0x05)
      no()
    })
  }

  branch(label: Label): void {
    this.#code.byte(0x0c)
    this.#code.unsigned(this.#depth - label)
  }

  branchIf(label: Label): void {
    this.#code.byte(0x0d)
    this.#code.unsigned(this.#depth - label)
  }

  /** As the code section wants it: declarations of locals in runs of one type, then instructions. */
  encode(into: Bytes): void {
    const declarations = new Bytes()
    const runs: Array<{ type: Opcodes.ValueType; count: number }> = []
    for (const type of this.#locals) {
      const last = runs.at(-1)
      if (last?.type === type) last.count++
      else runs.push({ type, count: 1 })
    }
    declarations.unsigned(runs.length)
    for (const { type, count } of runs) {
      declarations.unsigned(count)
      declarations.byte(Opcodes.valueType[type])
    }
    into.unsigned(declarations.length + this.#code.length + 1)
    into.append(declarations.view())
    into.append(this.#code.view())
    into.byte(0x0b)
  }
}
