import { assert, it } from "@effect/vitest"
import * as laws from "@etude/testing/Laws"
import * as Option from "effect/Option"
import { __name__ } from "../src/__Name__.ts"

const metric = __name__(0.5)

it("a share has the value that it has by hand, and nothing seen has none", () => {
  assert.deepStrictEqual(metric.result({ within: 3, all: 4 }), Option.some(0.75))
  assert.deepStrictEqual(metric.result(metric.empty), Option.none())
})

// The law: any partition into batches, merged in any order, gives the result of the whole.
const outputs = { values: Float32Array.from({ length: 24 }, (_, at) => at / 8), shape: [24, 1] }
const targets = { values: Float32Array.from({ length: 24 }, (_, at) => (at % 5) / 2), shape: [24, 1] }
const weights = { values: Float32Array.from({ length: 24 }, (_, at) => at % 3), shape: [24] }
laws.metric(metric, { name: "__package__", samples: { outputs, targets } })
laws.metric(metric, { name: "__package__ with weights", samples: { outputs, targets, weights } })
