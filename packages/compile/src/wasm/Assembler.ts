/**
 * A small assembler for WebAssembly's binary format: imports first, then functions, then `encode`. It does not check types;
 * the engine does when it compiles the module.
 */
import { Body } from "./Body.ts"
import { Bytes } from "./Bytes.ts"
import { type ValueType, valueType } from "./Opcodes.ts"

export interface Signature {
  readonly parameters: ReadonlyArray<ValueType>
  readonly results: ReadonlyArray<ValueType>
}

export interface MemoryLimits {
  /** In pages of 64 KiB. */
  readonly minimum: number
  readonly maximum: number
  readonly shared: boolean
}

const header = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

const section = { custom: 0, type: 1, import: 2, function: 3, export: 7, code: 10 } as const

const typesOf = (types: ReadonlyArray<ValueType>): Uint8Array => Uint8Array.from(types, (type) => valueType[type])

export class Assembler {
  readonly #types = new Map<string, { readonly index: number; readonly signature: Signature }>()
  readonly #imports: Array<(into: Bytes) => void> = []
  readonly #functions: Array<{ readonly type: number; readonly body: Body }> = []
  readonly #exports: Array<{ readonly name: string; readonly index: number }> = []
  readonly #names: Array<string> = []

  #type(signature: Signature): number {
    const key = `${signature.parameters.join()}:${signature.results.join()}`
    const known = this.#types.get(key)
    if (known !== undefined) return known.index
    const index = this.#types.size
    this.#types.set(key, { index, signature })
    return index
  }

  importMemory(from: string, name: string, { minimum, maximum, shared }: MemoryLimits): void {
    this.#imports.push((into) => {
      into.name(from)
      into.name(name)
      into.byte(0x02)
      into.byte(shared ? 0x03 : 0x01)
      into.unsigned(minimum)
      into.unsigned(maximum)
    })
  }

  /** Its index. Before the first function of the module. */
  importFunction(from: string, name: string, signature: Signature): number {
    if (this.#functions.length > 0) throw new Error("Functions are imported before others are defined.")
    const type = this.#type(signature)
    this.#imports.push((into) => {
      into.name(from)
      into.name(name)
      into.byte(0x00)
      into.unsigned(type)
    })
    return this.#names.push(name) - 1
  }

  /** Its index. Names are for profiles and stacks. */
  function(name: string, signature: Signature, fill: (body: Body) => void): number {
    const body = new Body(signature.parameters)
    this.#functions.push({ type: this.#type(signature), body })
    const index = this.#names.push(name) - 1
    fill(body)
    return index
  }

  export(name: string, index: number): void {
    this.#exports.push({ name, index })
  }

  encode(): Uint8Array {
    const module = new Bytes()
    module.append(header)
    const part = (id: number, count: number | undefined, fill: (into: Bytes) => void): void => {
      if (count === 0) return
      const content = new Bytes()
      if (count !== undefined) content.unsigned(count)
      fill(content)
      module.byte(id)
      module.counted(content.view())
    }
    part(section.type, this.#types.size, (into) => this.#encodeTypes(into))
    part(section.import, this.#imports.length, (into) => {
      for (const write of this.#imports) write(into)
    })
    part(section.function, this.#functions.length, (into) => {
      for (const { type } of this.#functions) into.unsigned(type)
    })
    part(section.export, this.#exports.length, (into) => this.#encodeExports(into))
    part(section.code, this.#functions.length, (into) => {
      for (const { body } of this.#functions) body.encode(into)
    })
    part(section.custom, undefined, (into) => this.#encodeNames(into))
    return module.view().slice()
  }

  #encodeTypes(into: Bytes): void {
    for (const { signature } of this.#types.values()) {
      into.byte(0x60)
      into.counted(typesOf(signature.parameters))
      into.counted(typesOf(signature.results))
    }
  }

  #encodeExports(into: Bytes): void {
    for (const { name, index } of this.#exports) {
      into.name(name)
      into.byte(0x00)
      into.unsigned(index)
    }
  }

  #encodeNames(into: Bytes): void {
    const names = new Bytes()
    names.unsigned(this.#names.length)
    for (const [index, name] of this.#names.entries()) {
      names.unsigned(index)
      names.name(name)
    }
    into.name("name")
    into.byte(1)
    into.counted(names.view())
  }
}
