/** The perceptron of Ioffe and Szegedy 2015, §4.1: images [batch, 784] to logits [batch, 10], batch normalization before each sigmoid. */
import { batchNorm, dense, Layer, repeat } from "@etude/layers"
import { sigmoid } from "@tensorflow/tfjs-core"

export const batchNormMlp = Layer.sequential({
  hidden: repeat(3, () => Layer.sequential([dense(100, { bias: false }), batchNorm(), sigmoid])),
  output: dense(10)
})
