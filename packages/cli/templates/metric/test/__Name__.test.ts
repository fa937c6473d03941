import { assert, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import * as Suites from "@etude/testing/Suites"
import * as Option from "effect/Option"
import { __name__ } from "../src/__Name__.ts"

const metric = __name__(0.5)
const backend = Cpu.layer

it("a share has the value that it has by hand, and nothing seen has none", () => {
  assert.deepStrictEqual(metric.result({ within: 3, all: 4 }), Option.some(0.75))
  assert.deepStrictEqual(metric.result(metric.empty), Option.none())
})

// The law: any partition into batches, merged in any order, has the result of the whole.
const outputs = { values: Float32Array.from({ length: 24 }, (_, at) => at / 8), shape: [24, 1] }
const targets = { values: Float32Array.from({ length: 24 }, (_, at) => (at % 5) / 2), shape: [24, 1] }
Suites.metric({ name: "__package__", metric, samples: { outputs, targets }, backend })
Suites.metric({
  name: "__package__ with weights",
  metric,
  samples: { outputs, targets, weights: { values: Float32Array.from({ length: 24 }, (_, at) => at % 3), shape: [24] } },
  backend
})
