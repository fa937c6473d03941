import * as Layer from "effect/Layer"
import * as Plugins from "../../src/Plugins.ts"
import * as Tiny from "../../src/Tiny.ts"
import type { Subject } from "../../src/Trajectory.ts"

/** Two epochs of four batches, the last one partial, with everything that a state can hold. */
export const everything: Subject = {
  name: "a task with everything",
  task: Tiny.perceptron({ dropout: 0.3, centred: "running" }),
  config: {
    seed: 3,
    until: { epochs: 2 },
    batchSize: 4,
    microbatchSize: 3,
    optimizer: { _tag: "Adam" },
    learningRate: { _tag: "Cosine", rate: 0.05, over: { epochs: 2 } },
    clip: { _tag: "GlobalNorm", maximum: 1 },
    nonFinite: { _tag: "Rollback", steps: 2, maximum: 1 },
    validation: { every: { steps: 3 } }
  },
  data: { train: Tiny.vectors(14), validation: Tiny.vectors(6, 2) },
  plugins: Layer.mergeAll(Plugins.impatient(), Plugins.averaging(), Plugins.noise())
}

/** One epoch of three batches, and nothing more than that. */
export const plain: Subject = {
  name: "a plain task",
  task: Tiny.perceptron(),
  config: { until: { epochs: 1 }, batchSize: 4, learningRate: 0.1, optimizer: { _tag: "Sgd" } },
  data: { train: Tiny.vectors(10) }
}
