/**
 * The same functions without a part: what somebody writes who has tensors and functions of them only, among which is the GELU whose
 * gradient keeps nothing but its input. Parameters have the paths of the parts.
 */

import { normalizeBatch } from "@etude/core/kernels/BatchNormalization"
import type { Forward, ForwardContext, Variables } from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import { get, sideOf, type Tensors } from "@etude/core/Tensors"
import { gelu } from "@etude/layers/Transformer"
import * as tf from "@tensorflow/tfjs-core"

const dense = (p: Tensors, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x, get(p, `${name}/kernel`)), get(p, `${name}/bias`))

const convolution = (p: Tensors, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.conv2d(x as tf.Tensor4D, get(p, `${name}/kernel`) as tf.Tensor4D, 1, "valid"), get(p, `${name}/bias`))

const pooled = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")

export const lenet5 = ({ parameters: p }: Variables, images: tf.Tensor): Forward<tf.Tensor> => {
  const first = pooled(tf.relu(convolution(p, "conv2d-1", images)))
  const second = pooled(tf.relu(convolution(p, "conv2d-2", first)))
  const features = tf.relu(dense(p, "dense-1", tf.reshape(second, [-1, 256])))
  return { outputs: dense(p, "dense-3", tf.relu(dense(p, "dense-2", features))) }
}

const moved = (mean: tf.Tensor, now: tf.Tensor) => tf.add(tf.mul(mean, 0.9), tf.mul(now, 0.1))

/** γ · (x − mean) / √(variance + ε) + β over the batch, and where the running statistics move to. */
const normalized = (name: string, x: tf.Tensor, { parameters, statistics }: Variables) => {
  const samples = sideOf(x.shape, 0)
  const [scale, offset] = [get(parameters, `${name}/scale`), get(parameters, `${name}/offset`)]
  const { outputs, mean, variance } = normalizeBatch(x, { scale, offset, epsilon: 1e-5 })
  return {
    outputs,
    statistics: {
      [`${name}/mean`]: moved(get(statistics, `${name}/mean`), mean),
      [`${name}/variance`]: moved(get(statistics, `${name}/variance`), tf.mul(variance, samples / (samples - 1)))
    }
  }
}

export const batchNormMlp = (variables: Variables, images: tf.Tensor): Forward<tf.Tensor> => {
  const { parameters } = variables
  let [x, statistics]: [tf.Tensor, Tensors] = [images, {}]
  for (const layer of [0, 1, 2]) {
    const products = tf.matMul(x, get(parameters, `hidden/${layer}/dense/kernel`))
    const forward = normalized(`hidden/${layer}/batchNorm`, products, variables)
    x = tf.sigmoid(forward.outputs)
    statistics = { ...statistics, ...forward.statistics }
  }
  return { outputs: dense(parameters, "output", x), statistics }
}

/** Over the last dimension of x [batch, time, width]. */
const layerNorm = (p: Tensors, name: string, x: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(x, [2], true)
  const whitened = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)))
  return tf.add(tf.mul(whitened, get(p, `${name}/scale`)), get(p, `${name}/offset`))
}

/** Of each time of x [batch, time, width]. */
const denseOverTime = (p: Tensors, name: string, x: tf.Tensor): tf.Tensor => {
  const [batch, time] = [sideOf(x.shape, 0), sideOf(x.shape, 1)]
  return tf.reshape(dense(p, name, tf.reshape(x, [batch * time, sideOf(x.shape, 2)])), [batch, time, -1])
}

/** −10⁹ where a time would see a later one. */
const later = (time: number): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: time * time }, (_, index) => (index % time > Math.floor(index / time) ? -1e9 : 0)),
    [time, time]
  )

interface Pass extends ForwardContext {
  readonly p: Tensors
  readonly rate: number
}

const dropped = ({ random, rate }: Pass, name: string, x: tf.Tensor): tf.Tensor =>
  RandomBits.dropout(random, name, x, rate)

const heads = 6

const attention = (pass: Pass, name: string, x: tf.Tensor): tf.Tensor => {
  const [batch, time, width] = [sideOf(x.shape, 0), sideOf(x.shape, 1), sideOf(x.shape, 2)]
  const [size, samples] = [width / heads, batch * heads]
  const of = (part: string) =>
    tf.transpose(tf.reshape(denseOverTime(pass.p, `${name}/${part}`, x), [batch, time, heads, size]), [0, 2, 1, 3])
  const flat = (part: tf.Tensor) => tf.reshape(part, [samples, time, size])
  const [query, key, value] = [of("query"), of("key"), of("value")]
  const products = tf.reshape(tf.matMul(flat(query), flat(key), false, true), [batch, heads, time, time])
  const scores = tf.add(tf.mul(products, 1 / Math.sqrt(size)), later(time))
  const weights = dropped(pass, `${name}/weights`, tf.softmax(scores))
  const values = tf.matMul(tf.reshape(weights, [samples, time, time]), flat(value))
  const joined = tf.transpose(tf.reshape(values, [batch, heads, time, size]), [0, 2, 1, 3])
  return denseOverTime(pass.p, `${name}/output`, tf.reshape(joined, [batch, time, width]))
}

const block = (pass: Pass, name: string, x: tf.Tensor): tf.Tensor => {
  const { p } = pass
  const attended = attention(pass, `${name}/attention`, layerNorm(p, `${name}/attentionNorm`, x))
  const seen = tf.add(x, dropped(pass, `${name}/attentionDropout/mask`, attended))
  const hidden = gelu(denseOverTime(p, `${name}/expand`, layerNorm(p, `${name}/denseNorm`, seen)))
  return tf.add(seen, dropped(pass, `${name}/denseDropout/mask`, denseOverTime(p, `${name}/contract`, hidden)))
}

/** In training: dropout is on. */
export const characters =
  (rate: number) =>
  ({ parameters: p }: Variables, ids: tf.Tensor, context: ForwardContext): Forward<tf.Tensor> => {
    const pass: Pass = { ...context, p, rate }
    const table = get(p, "tokens/table")
    const [batch, time] = [sideOf(ids.shape, 0), sideOf(ids.shape, 1)]
    const width = sideOf(table.shape, 1)
    const tokens = tf.gather(table, ids as tf.Tensor1D)
    const positions = tf.slice(get(p, "positions/table"), [0, 0], [time, width])
    let x = dropped(pass, "dropout/mask", tf.add(tokens, positions))
    for (const index of [0, 1, 2, 3, 4, 5]) x = block(pass, `blocks/${index}`, x)
    const hidden = tf.reshape(layerNorm(p, "norm", x), [batch * time, width])
    return { outputs: tf.reshape(tf.matMul(hidden, table, false, true), [batch, time, sideOf(table.shape, 0)]) }
  }
