/** The paper's model: authors, year, title, section. */
import { conv2d, dense, globalAveragePool, Layer, maxPool } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"

/** Images [batch, height, width, channels] to logits [batch, classes]. */
export const network = (classes: number, inputs: Layer.Inputs) =>
  Layer.model(
    "__Name__",
    Layer.sequential({
      conv1: conv2d(8, 3),
      relu1: tf.relu,
      pool: maxPool(2),
      conv2: conv2d(16, 3),
      relu2: tf.relu,
      mean: globalAveragePool(),
      output: dense(classes)
    }),
    { inputs }
  )
