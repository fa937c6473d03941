/**
 * Tensors whose data lie in an arena: a backend of tfjs that stores and computes nothing. tfjs moves data to the backend in
 * use when an ordinary operation wants them; whoever runs compiled programs reads and writes the arena itself.
 */
import * as tf from "@tensorflow/tfjs-core"
import type { DType, Spec } from "../record/Recording.ts"
import type { Arena } from "./Executable.ts"
import { Handle } from "./Handle.ts"
import * as Views from "./Views.ts"

type Books = ReturnType<typeof tf.engine>["state"]

/**
 * The data of tensors, and the object by which tfjs knows it. Truth values take four bytes each, `uint8` one: tfjs sees bytes as
 * int32. The block is freed when its last tensor is disposed or when its data move to another backend.
 */
export class Block {
  readonly owner: Handles
  readonly dtype: DType
  /** In elements. */
  readonly size: number
  /** In the arena; −1 when the data aren't there any more. */
  address: number
  /** The number of references: tensors and other owners. */
  references = 1
  /** tfjs' own record of the data, if it has one. */
  books: Books | undefined = undefined

  constructor(owner: Handles, dtype: DType, size: number, address: number) {
    this.owner = owner
    this.dtype = dtype
    this.size = size
    this.address = address
  }
}

/** What tfjs calls the dtype. */
const outside = (dtype: DType): tf.DataType => (dtype === "uint8" ? "int32" : dtype)

const bytesOf = (dtype: DType, size: number): number => (dtype === "uint8" ? size : 4 * size)

type Values = Float32Array | Int32Array | Uint8Array

export class Handles extends tf.KernelBackend {
  readonly arena: Arena
  readonly views: Views.Views
  #blocks = 0
  #bytes = 0

  constructor(arena: Arena) {
    super()
    this.arena = arena
    this.views = Views.make(arena.memory)
  }

  /** Allocates a block with one reference, the caller's; a block of 0 bytes has an address too. Throws the arena's error when it is full. */
  allocate(dtype: DType, size: number): Block {
    const bytes = bytesOf(dtype, size)
    const block = new Block(this, dtype, size, this.arena.allocate(bytes))
    this.#blocks++
    this.#bytes += bytes
    return block
  }

  /** A tensor that takes over the caller's reference to a block. tfjs tracks it like any other. */
  tensor(block: Block, shape: ReadonlyArray<number>): tf.Tensor {
    return new Handle(block, shape, outside(block.dtype))
  }

  /** A tensor of values; they are copied once. */
  upload(values: ArrayLike<number>, { dtype, shape }: Spec): tf.Tensor {
    const block = this.allocate(dtype, values.length)
    this.views.of(dtype).set(values, this.views.index(dtype, block.address))
    return this.tensor(block, shape)
  }

  /** A view of a block's values, valid until memory grows; booleans are int32. */
  view({ dtype, address, size }: Block): Values {
    const first = this.views.index(dtype, address)
    return this.views.of(dtype).subarray(first, first + size)
  }

  /** The block of data in this arena; `undefined` for all other data. */
  find(dataId: object): Block | undefined {
    return dataId instanceof Block && dataId.owner === this && dataId.address >= 0 ? dataId : undefined
  }

  /** Drops one reference; the last one frees the block. */
  release(block: Block): void {
    if (--block.references > 0) return
    this.#free(block)
    const { books } = block
    if (books === undefined) return
    books.tensorInfo.delete(block)
    books.numDataBuffers--
  }

  #free(block: Block): void {
    this.arena.free(block.address)
    block.address = -1
    this.#blocks--
    this.#bytes -= bytesOf(block.dtype, block.size)
  }

  #block(dataId: object): Block {
    const block = this.find(dataId)
    if (block === undefined) throw new Error("the data of a tensor are not in this arena, or were disposed")
    return block
  }

  /** A copy: the block may be freed and used again. */
  override readSync(dataId: object): Values {
    const block = this.#block(dataId)
    const { dtype } = block
    const held = this.view(block)
    if (dtype === "bool") return Uint8Array.from(held)
    return dtype === "uint8" ? Int32Array.from(held) : held.slice()
  }

  override async read(dataId: object): Promise<Values> {
    return this.readSync(dataId)
  }

  override refCount(dataId: object): number {
    return this.find(dataId)?.references ?? 0
  }

  override incRef(dataId: object): void {
    this.#block(dataId).references++
  }

  override disposeData(dataId: object, force = false): boolean {
    const block = this.find(dataId)
    if (block === undefined) return true
    block.references--
    if (block.references > 0 && !force) return false
    this.#free(block)
    return true
  }

  override numDataIds(): number {
    return this.#blocks
  }

  override memory(): { readonly unreliable: boolean; readonly numBytes: number } {
    return { unreliable: false, numBytes: this.#bytes }
  }

  override floatPrecision(): 32 {
    return 32
  }
}
