/** Softmax cross-entropy with its gradients, and the logarithm of softmax, by one TensorFlow operation each. */
import { type CrossEntropyAttributes, type CrossEntropyInputs, kernelName } from "@etude/core/kernels/CrossEntropy"
import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../../Kernels.ts"
import { dtype, float32 } from "../Attributes.ts"

/** A label outside of 0 … classes − 1 is TensorFlow's error. With smoothing the targets are written out. */
export const crossEntropy = kernel<CrossEntropyInputs, CrossEntropyAttributes, NativeBackend>(
  kernelName,
  ({ inputs: { logits, labels }, attributes: { smoothing }, engine }) => {
    if (smoothing === 0) {
      const attributes = [float32(engine), dtype(engine, "Tlabels", engine.binding.TF_INT32)]
      return engine.executeMultipleOutputs("SparseSoftmaxCrossEntropyWithLogits", attributes, [logits, labels], 2)
    }
    const classes = sideOf(logits.shape, 1)
    const others = smoothing / classes
    const targets = tf.oneHot(labels as tf.Tensor1D, classes, 1 - smoothing + others, others, "float32")
    const results = engine.executeMultipleOutputs(
      "SoftmaxCrossEntropyWithLogits",
      [float32(engine)],
      [logits, targets],
      2
    )
    targets.dispose()
    return results
  }
)

/** Over the last dimension. */
export const logSoftmax = kernel<{ readonly logits: tf.TensorInfo }, tf.LogSoftmaxAttrs, NativeBackend>(
  tf.LogSoftmax,
  ({ inputs: { logits }, engine }) => engine.executeSingleOutput("LogSoftmax", [float32(engine)], [logits])
)
