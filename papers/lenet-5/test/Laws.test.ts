import { Wasm } from "@etude/backend"
import * as laws from "@etude/testing/Laws"
import { experiment } from "../src/index.ts"

// Few images held out, so that validating after each step is short.
laws.experiment(
  experiment,
  { heldOut: 8 },
  { backend: Wasm.layer, config: { optimizer: { _tag: "Sgd", momentum: 0.9 }, learningRate: 0.05 } }
)
