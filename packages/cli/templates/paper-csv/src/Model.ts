/** The paper's model: authors, year, title, section. */
import { dense, Layer } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"

/** Rows of the table [batch, features] to logits [batch, classes]: one hidden layer of 32 units. */
export const network = (classes: number, inputs: Layer.Inputs) =>
  Layer.model("__Name__", Layer.sequential({ hidden: dense(32), relu: tf.relu, output: dense(classes) }), { inputs })
