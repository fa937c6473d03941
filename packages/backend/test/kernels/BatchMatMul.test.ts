import { describe } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { agrees, differentiates, random } from "./agreement.ts"

const cases: ReadonlyArray<readonly [string, ReadonlyArray<number>, ReadonlyArray<number>]> = [
  ["one product", [3, 5], [5, 4]],
  ["several small products", [2, 3, 5], [2, 5, 4]],
  ["several large products", [3, 40, 50], [3, 50, 45]],
  ["large products in two leading axes", [2, 2, 40, 50], [2, 2, 50, 45]],
  ["a large matrix broadcast on the left", [40, 50], [3, 50, 45]],
  ["a large matrix broadcast on the right", [3, 40, 50], [1, 50, 45]],
  ["small ones broadcast on both sides", [2, 1, 3, 5], [1, 3, 5, 4]],
  ["large ones broadcast on both sides", [2, 1, 40, 50], [1, 3, 50, 45]],
  ["large ones broadcast on both sides, to as many on each", [2, 1, 40, 50], [1, 2, 50, 45]]
]

const swapped = (shape: ReadonlyArray<number>) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]

describe("BatchMatMul", () => {
  for (const [name, a, b] of cases) {
    agrees(`${name}, in every combination of transposes`, () =>
      [false, true].flatMap((transposeA) =>
        [false, true].map((transposeB) =>
          tf.matMul(
            random([...(transposeA ? swapped(a) : a)] as [number, number], 1),
            random([...(transposeB ? swapped(b) : b)] as [number, number], 2),
            transposeA,
            transposeB
          )
        )
      )
    )
  }

  for (const [name, a, b] of cases.slice(0, 4)) {
    differentiates(
      `${name}: gradients`,
      (x, y) => tf.matMul(x, y),
      () => [random([...a] as [number, number], 1), random([...b] as [number, number], 2)]
    )
  }
})
