import { describe } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { agrees, random } from "./agreement.ts"

describe('"same" padding with strides that skip elements', () => {
  for (const size of [4, 5, 8, 9]) {
    for (const stride of [2, 3, 4]) {
      agrees(`input ${size}, stride ${stride}, filters of 1 to 3 rows`, () =>
        [1, 2, 3].flatMap((rows) => {
          const x = random<tf.Rank.R4>([2, size, 5, 2], 1)
          const filter = random<tf.Rank.R4>([rows, 2, 2, 3], 2)
          const bias = random<tf.Rank.R1>([3], 3)
          return [
            tf.conv2d(x, filter, [stride, 1], "same"),
            tf.depthwiseConv2d(x, filter, [stride, stride], "same"),
            tf.fused.conv2d({ x, filter, strides: [stride, 1], pad: "same", bias, activation: "relu" })
          ]
        })
      )
    }
  }
})
