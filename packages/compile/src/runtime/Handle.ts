/**
 * Tensors of an arena. They stand in tfjs' books as all others do, but enter and leave them themselves: a step of Adam replaces
 * three tensors for each parameter, and tfjs looks a tensor's data up seven times between its making and its disposal.
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Block } from "./Handles.ts"

/** tfjs counts its own from 0 up. */
let lastId = 0

const bytesOf = ({ dtype, size }: tf.Tensor): number => (dtype === "bool" ? size : 4 * size)

export class Handle extends tf.Tensor {
  readonly #block: Block

  /** Takes over one of the block's references. */
  constructor(block: Block, shape: ReadonlyArray<number>, dtype: tf.DataType) {
    // tfjs copies the shape.
    super(shape as Array<number>, dtype, block, --lastId)
    this.#block = block
    this.#enter()
  }

  /** Does what `trackTensor` of tfjs' engine does. */
  #enter(): void {
    const block = this.#block
    const { state } = tf.engine()
    const bytes = bytesOf(this)
    state.numTensors++
    state.numBytes += bytes
    if (block.books !== state) {
      block.books = state
      state.numDataBuffers++
      state.tensorInfo.set(block, { backend: block.owner, dtype: this.dtype, shape: this.shape, bytes })
    }
    const scope = state.activeScope
    // Null outside of all scopes, contrary to its type.
    if (scope == null) return
    this.scopeId = scope.id
    scope.track.push(this)
  }

  override dispose(): void {
    if (this.isDisposed) return
    const block = this.#block
    const { state } = tf.engine()
    // Data that were moved are a backend's; masks are what tf.layers may have hung on it.
    if (block.address < 0 || block.books !== state || this.kerasMask !== undefined) {
      super.dispose()
      return
    }
    this.isDisposedInternal = true
    state.numTensors--
    state.numBytes -= bytesOf(this)
    block.owner.release(block)
  }
}
