/**
 * Writes the tensors of a file one after the other, in chunks: what is in memory at any time is one tensor and one chunk.
 * Tensors are read on this thread, which is free for training while a chunk is written; large files are hashed on another.
 */
import { CheckpointError } from "@etude/core/Errors"
import type { StorageError, StorageService } from "@etude/core/Storage"
import { get } from "@etude/core/Tensors"
import type { TensorData } from "@etude/core/TrainState"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Hasher from "./Hasher.ts"
import type { File } from "./Manifest.ts"
import * as Safetensors from "./Safetensors.ts"
import type { Planned } from "./TensorFiles.ts"

/** Reading, copying and hashing this much takes a millisecond or two, once between two steps of a training. */
const chunkBytes = 4 * 1024 * 1024
/** Milliseconds after which it yields to the thread, between two tensors. */
const sliceMilliseconds = 4

/** The bytes of a tensor's values. Tensors never change, so they need no copy. */
const read = (path: string, name: string, tensor: tf.Tensor): Effect.Effect<Uint8Array, CheckpointError> =>
  Effect.try({
    try: () => {
      const { dtype, shape } = tensor
      return Safetensors.bytesOf(name, { dtype, shape, values: tensor.dataSync() } as TensorData)
    },
    catch: (cause) =>
      new CheckpointError({ path, reason: `${name} cannot be read: ${(cause as Error).message}`, cause })
  })

/** Writes a file and makes its content survive a crash. The tensors must be alive until the effect ends. */
export const write = (
  storage: StorageService,
  hasher: Hasher.Hasher,
  path: string,
  { layout, tensors }: Planned
): Effect.Effect<File, StorageError | CheckpointError> =>
  Effect.gen(function* () {
    const file = yield* storage.create(path)
    const hash = hasher.begin(layout.bytes)
    const size = Math.min(chunkBytes, layout.bytes)
    // Shared, so that the thread that hashes needs no copy.
    const chunk = new Uint8Array(layout.bytes > chunkBytes ? new SharedArrayBuffer(size) : new ArrayBuffer(size))
    let filled = 0
    let sliceBegin = performance.now()
    const flush = Effect.suspend(() => {
      const bytes = chunk.subarray(0, filled)
      filled = 0
      return Effect.all([hash.update(bytes), file.write(bytes)], { concurrency: 2, discard: true })
    })
    const put = Effect.fnUntraced(function* (bytes: Uint8Array) {
      let offset = 0
      while (offset < bytes.length) {
        const part = bytes.subarray(offset, offset + chunk.length - filled)
        chunk.set(part, filled)
        filled += part.length
        offset += part.length
        if (filled < chunk.length) continue
        yield* flush
        sliceBegin = performance.now()
      }
    })
    yield* put(layout.header)
    for (const { name } of layout.order) {
      yield* put(yield* read(path, name, get(tensors, name)))
      if (performance.now() - sliceBegin < sliceMilliseconds) continue
      yield* Effect.yieldNow
      sliceBegin = performance.now()
    }
    if (filled > 0) yield* flush
    yield* file.sync
    return { bytes: layout.bytes, sha256: yield* hash.digest }
  }).pipe(Effect.scoped)
