/**
 * Fields that are held as bytes, such as the pixels of images: level · scale + offset, with float32's rounding after the
 * product and after the sum. Where the backend has the kernels, bytes are uploaded unchanged (a quarter of the memory) and
 * become float32 inside the step; elsewhere they are widened on the host, to the same bits.
 */
import * as tf from "@tensorflow/tfjs-core"

/** How a byte becomes a number. */
export interface Scaling {
  readonly scale: number
  readonly offset: number
}

/** The default of a field: its levels themselves, 0 … 255. */
export const unscaled: Scaling = { scale: 1, offset: 0 }

/** `UploadBytes() → bytes`: a tensor in a backend-specific form; tfjs sees int32. */
export const uploadName = "UploadBytes"
export interface UploadAttributes {
  readonly values: Uint8Array
  readonly shape: ReadonlyArray<number>
}

/** `ScaleBytes(bytes) → float32`, of the same shape. */
export const scaleName = "ScaleBytes"
export interface ScaleInputs {
  readonly bytes: tf.TensorInfo
}

/** The bytes as numbers, on the host. */
export const widen = (values: Uint8Array, { scale, offset }: Scaling = unscaled): Float32Array => {
  const [factor, shift] = [Math.fround(scale), Math.fround(offset)]
  const levels = Float32Array.from({ length: 256 }, (_, level) => Math.fround(level * factor) + shift)
  const numbers = new Float32Array(values.length)
  for (let index = 0; index < values.length; index++) numbers[index] = levels[values[index]!]!
  return numbers
}

/** A tensor of bytes for {@link scaled}, or float32 where the backend does not take bytes. */
export const upload = (values: Uint8Array, shape: ReadonlyArray<number>, scaling: Scaling = unscaled): tf.Tensor =>
  tf.getKernel(uploadName, tf.getBackend()) === undefined
    ? tf.tensor(widen(values, scaling), [...shape], "float32")
    : tf.engine().runKernel(uploadName, {}, { values, shape: [...shape] } satisfies UploadAttributes as never)

/** The result of `upload` as float32, in any case. */
export const scaled = (tensor: tf.Tensor, scaling: Scaling = unscaled): tf.Tensor =>
  tensor.dtype === "float32"
    ? tensor
    : tf.engine().runKernel(scaleName, { bytes: tensor }, { scale: scaling.scale, offset: scaling.offset })
