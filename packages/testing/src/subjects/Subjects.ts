/** Subjects for the laws: whole runs on tiny tasks, which each backend and each executor must bear. */
import * as Layer from "effect/Layer"
import * as Plugins from "../doubles/Plugins.ts"
import * as Tiny from "./Tiny.ts"
import type { Subject } from "./Trajectory.ts"

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
  callbacks: Layer.mergeAll(Plugins.impatient(), Plugins.meddler(), Plugins.averaging(), Plugins.noise())
}

/** The same without validation-driven decisions, validated at the end of each epoch. */
export const undecided: Subject = {
  ...everything,
  config: { ...everything.config, validation: {} },
  callbacks: Layer.mergeAll(Plugins.impatient(), Plugins.averaging(), Plugins.noise())
}

/** One epoch of three batches, and nothing more than that. */
export const plain: Subject = {
  name: "a plain task",
  task: Tiny.perceptron(),
  config: { until: { epochs: 1 }, batchSize: 4, learningRate: 0.1, optimizer: { _tag: "Sgd" } },
  data: { train: Tiny.vectors(10) }
}

/** Ten steps of a small network with a convolution, on which backends are compared. */
export const images: Subject = {
  name: "a convolution",
  task: Tiny.convolution(),
  config: {
    seed: 1,
    until: { steps: 10 },
    batchSize: 4,
    optimizer: { _tag: "Sgd", momentum: 0.9 },
    learningRate: 0.05
  },
  data: { train: Tiny.images(14) }
}

/** Ten steps of a perceptron with dropout and running statistics, on which backends are compared. */
export const dropout: Subject = {
  ...images,
  name: "dropout and statistics",
  task: Tiny.perceptron({ dropout: 0.3, centred: "running" }),
  data: { train: Tiny.vectors(14) }
}
