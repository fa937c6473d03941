import { describe } from "@effect/vitest"
import { TrainConfig } from "@etude/core/TrainConfig"
import { layer as backend } from "../src/doubles/CpuBackend.ts"
import * as Plugins from "../src/doubles/Plugins.ts"
import * as Suites from "../src/Suites.ts"
import * as Data from "../src/subjects/Data.ts"
import { everything, plain, undecided } from "../src/subjects/Subjects.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

describe("core keeps the laws", () => {
  Suites.resume({ ...everything, backend })
  Suites.resume({
    ...plain,
    name: "a task whose batches are empty here and there",
    config: { ...plain.config, until: { epochs: 2 }, validation: { every: { steps: 2 } } },
    data: {
      train: Data.weighted(Tiny.vectors(14), (sample) => (sample > 3 && sample < 9 ? 0 : 1)),
      validation: Tiny.vectors(5, 2)
    },
    backend
  })
  Suites.resume({
    ...plain,
    name: "a task whose data must be waited for",
    data: { train: Data.asynchronous(Tiny.vectors(10)) },
    backend
  })
  const { callbacks: _, ...alone } = everything
  Suites.interference({
    ...alone,
    callbacks: {
      impatient: Plugins.impatient(),
      meddler: Plugins.meddler(),
      averaging: Plugins.averaging(),
      noise: Plugins.noise()
    },
    backend
  })
  Suites.tensors({ ...everything, backend })
  Suites.finalizers({ ...plain, backend })
  Suites.validation({ ...undecided, backend })
  Suites.config({ name: "TrainConfig", schema: TrainConfig, runs: 200 })
})

describe("core keeps the law of microbatches", () => {
  const sgd = {
    ...plain.config,
    optimizer: { _tag: "Sgd", momentum: 0.9 },
    clip: { _tag: "GlobalNorm", maximum: 1 }
  } as const
  const dropout = { ...plain, config: sgd, task: Tiny.perceptron({ dropout: 0.4 }), backend }
  Suites.microbatches({ ...dropout, name: "dropout" })
  Suites.microbatches({ ...dropout, name: "noise on the inputs", callbacks: Plugins.noise() })
  Suites.microbatches({
    ...dropout,
    name: "sample weights",
    data: { train: Data.weighted(Tiny.vectors(10), (sample) => (sample % 3) / 2) }
  })
  Suites.microbatches({
    ...dropout,
    name: "class weights and label smoothing",
    task: Tiny.perceptron({ loss: { classWeights: [1, 0.2, 3], labelSmoothing: 0.1 } }),
    data: { train: Data.weighted(Tiny.vectors(10), (sample) => (sample % 3) / 2) }
  })
  Suites.microbatches({
    ...dropout,
    name: "a mask over samples",
    data: { train: Data.masked(Tiny.vectors(10), [], (sample) => sample % 4 !== 1) }
  })
  Suites.microbatches({ ...plain, name: "images", task: Tiny.convolution(), data: { train: Tiny.images(10) }, backend })
  Suites.microbatches({
    ...plain,
    name: "binary cross-entropy",
    task: Tiny.xor(),
    data: { train: Tiny.xorData() },
    backend
  })
  Suites.microbatches({
    ...plain,
    name: "squared error",
    task: Tiny.regression(3),
    data: { train: Tiny.regressionData([1, 2, 3]) },
    backend
  })
  const tagger = { ...plain, config: sgd, task: Tiny.tagger(), data: { train: Tiny.sequences() }, backend }
  Suites.microbatches({ ...tagger, name: "masked sequences" })
  Suites.microbatches({
    ...tagger,
    name: "masked sequences with sample and class weights",
    task: Tiny.tagger({ classWeights: [1, 0.2, 3] }),
    data: { train: Data.weighted(Tiny.sequences(), (sample) => 1 + (sample % 2)) }
  })
})
