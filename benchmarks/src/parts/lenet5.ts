/** LeNet-5 with rectified linear units and maximum pooling: images [batch, 28, 28, 1] to logits [batch, 10]. */
import { conv2d, dense, flatten, Layer, maxPool } from "@etude/layers"
import { relu } from "@tensorflow/tfjs-core"

export const lenet5 = Layer.sequential([
  conv2d(6, 5, { padding: "valid", activation: relu }),
  maxPool(2),
  conv2d(16, 5, { padding: "valid", activation: relu }),
  maxPool(2),
  flatten(),
  dense(120, { activation: relu }),
  dense(84, { activation: relu }),
  dense(10)
])
