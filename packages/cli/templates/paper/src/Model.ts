/** The paper's model: authors, year, title, section. */
import { dense, Layer } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"

/** Points [batch, 2] to logits [batch, 2]: one hidden layer of 32 units. */
const network = Layer.sequential({ hidden: dense(32), tanh: tf.tanh, output: dense(2) })

export const model = Layer.model("__Name__", network, { inputs: [2] })
