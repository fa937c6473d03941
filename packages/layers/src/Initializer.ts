/**
 * Initial values of parameters. Each has the variance that it says it has: a truncated normal distribution is scaled up by what the
 * truncation takes away.
 */
import * as Rng from "@etude/core/Rng"
import { sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** How many inputs each output of a kernel sums over, and how many outputs each input reaches. */
export interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

/** Makes a float32 tensor of that shape. The caller owns it. */
export type Initializer = (key: Rng.Key, shape: ReadonlyArray<number>, fans: Fans) => tf.Tensor

/** An initializer that draws the same whatever the fans are. */
export type Unscaled = (key: Rng.Key, shape: ReadonlyArray<number>) => tf.Tensor

const tensorOf = (values: Float32Array, shape: ReadonlyArray<number>): tf.Tensor =>
  tf.tensor(values, [...shape], "float32")

/** Every element this value. */
export const constant =
  (value: number): Unscaled =>
  (_, shape) => {
    // New memory is zero, and costs nothing until it is written to.
    const values = new Float32Array(sizeOf(shape))
    return tensorOf(value === 0 ? values : values.fill(value), shape)
  }

export const zeros: Unscaled = constant(0)
export const ones: Unscaled = constant(1)

/** Uniform in ±limit. */
export const uniform =
  (limit: number): Unscaled =>
  (key, shape) =>
    tensorOf(Rng.uniforms(key, sizeOf(shape), -limit, limit), shape)

/** Normal, with that deviation. */
export const normal =
  (deviation: number): Unscaled =>
  (key, shape) =>
    tensorOf(Rng.normals(key, sizeOf(shape), 0, deviation), shape)

/** The deviation of a standard normal distribution that is cut off at ±2. */
const truncatedDeviation = 0.8796256610342398

/** Normal, cut off at two deviations of the uncut distribution and scaled up, so that its deviation is `deviation`. */
export const truncatedNormal =
  (deviation: number): Unscaled =>
  (key, shape) =>
    tensorOf(Rng.truncatedNormals(key, sizeOf(shape), 0, deviation / truncatedDeviation), shape)

/** Uniform in ±√(6 / (fanIn + fanOut)), of variance 2 / (fanIn + fanOut). Glorot and Bengio 2010. */
export const glorotUniform: Initializer = (key, shape, fans) =>
  uniform(Math.sqrt(6 / (fans.fanIn + fans.fanOut)))(key, shape)

/** Normal of variance 2 / (fanIn + fanOut). Glorot and Bengio 2010. */
export const glorotNormal: Initializer = (key, shape, fans) =>
  normal(Math.sqrt(2 / (fans.fanIn + fans.fanOut)))(key, shape)

/** Uniform in ±√(6 / fanIn), of variance 2 / fanIn, for layers before ReLU. He et al. 2015. */
export const heUniform: Initializer = (key, shape, fans) => uniform(Math.sqrt(6 / fans.fanIn))(key, shape)

/** Normal of variance 2 / fanIn, for layers before ReLU. He et al. 2015. */
export const heNormal: Initializer = (key, shape, fans) => normal(Math.sqrt(2 / fans.fanIn))(key, shape)

/** Normal of variance 1 / fanIn. LeCun et al. 1998. */
export const lecunNormal: Initializer = (key, shape, fans) => normal(Math.sqrt(1 / fans.fanIn))(key, shape)

/** Uniform in ±√(3 / fanIn), of variance 1 / fanIn. LeCun et al. 1998. */
export const lecunUniform: Initializer = (key, shape, fans) => uniform(Math.sqrt(3 / fans.fanIn))(key, shape)
