/** Every loss of this package, and of core, keeps the laws. */
import { assert } from "@effect/vitest"
import * as Entry from "@etude/core/Entry"
import * as Losses from "@etude/core/Losses"
import * as Rng from "@etude/core/Rng"
import * as laws from "@etude/testing/Laws"
import type { LossOptions } from "@etude/testing/laws/LossLaw"
import * as Schema from "effect/Schema"
import { losses } from "../src/index.ts"

const sizeOf = (shape: ReadonlyArray<number>) => shape.reduce((size, side) => size * side, 1)
const real = (key: number, ...shape: ReadonlyArray<number>) => ({
  values: Rng.normals(Rng.key(key), sizeOf(shape)),
  shape
})
const unit = (key: number, ...shape: ReadonlyArray<number>) => ({
  values: Rng.uniforms(Rng.key(key), sizeOf(shape), 0.1, 0.9),
  shape
})
const int = (values: ReadonlyArray<number>, ...shape: ReadonlyArray<number>) => ({
  values: Int32Array.from(values),
  shape
})
const float = (values: ReadonlyArray<number>, ...shape: ReadonlyArray<number>) => ({
  values: Float32Array.from(values),
  shape
})
const zeroOne = float([1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0], 4, 3)
const labels = int([0, 2, 1, 2], 4)
const perTime = int([0, 2, 1, 2, 1, 0, 0, 1], 4, 2)

const samples: { readonly [tag: string]: LossOptions } = {
  Focal: { outputs: real(1, 4, 3), targets: zeroOne },
  SoftmaxFocal: { outputs: real(1, 4, 2, 3), targets: perTime },
  Dice: { outputs: real(1, 4, 3), targets: zeroOne },
  Poisson: { outputs: real(1, 4, 3), targets: float([0, 1, 2, 3, 0, 5, 1, 2, 0, 4, 1, 1], 4, 3) },
  Gaussian: { outputs: real(1, 4, 2), targets: real(2, 4) },
  // Apart by 1 and more: the kink is where both are the same.
  Quantile: { outputs: float([0, 2, -3, 1], 4, 1), targets: float([1, 1, 1, -1], 4) },
  Cosine: { outputs: real(1, 4, 3), targets: real(2, 4, 3) },
  CosineEmbedding: {
    outputs: { first: real(1, 4, 3), second: real(2, 4, 3) },
    targets: int([1, -1, -1, 1], 4)
  },
  Triplet: { outputs: { anchor: real(5, 4, 3), positive: real(6, 4, 3), negative: real(7, 4, 3) } },
  InfoNce: { outputs: { queries: real(1, 4, 3), keys: real(2, 4, 3) }, gradient: { step: 2 ** -7 } },
  Distillation: { outputs: real(1, 4, 3), targets: { labels, teacher: real(2, 4, 3) } },
  Ctc: { outputs: real(1, 3, 5, 4), targets: int([1, 2, 3, -1, 2, 2], 3, 2) },
  CtcOfFrames: {
    outputs: real(1, 3, 5, 4),
    targets: { labels: int([1, 2, 3, -1, 2, 2], 3, 2), frames: int([5, 2, 4], 3) }
  }
}
for (const { tag } of losses) {
  const loss = Entry.make(losses, Schema.decodeUnknownSync(Entry.union(losses))({ _tag: tag }))
  laws.loss(loss, samples[tag] ?? assert.fail(`no samples for ${tag}`))
}

/** Differences that stay away from 0, from Huber's 1 and from a margin of 1. */
const apart = { outputs: float([0.5, 2, -3, 0.25, -2, 4], 3, 2), targets: float([0, 0, 0, 0, 0, 0], 3, 2) }
laws.loss(Losses.meanSquaredError, apart)
laws.loss(Losses.meanAbsoluteError, apart)
laws.loss(Losses.huber(), apart)
laws.loss(Losses.hinge, { outputs: apart.outputs, targets: float([1, -1, 1, -1, 1, 1], 3, 2) })
laws.loss(Losses.binaryCrossEntropy({ positiveWeight: 3 }), { outputs: real(1, 4, 3), targets: unit(2, 4, 3) })
const softened = Losses.softmaxCrossEntropy({ classWeights: [1, 2, 3] })
laws.loss(softened, { outputs: real(1, 4, 3), targets: labels, name: "softmaxCrossEntropy of labels" })
laws.loss(softened, { outputs: real(1, 4, 2, 3), targets: perTime, name: "softmaxCrossEntropy of sequences" })
laws.loss(Losses.klDivergence, { outputs: real(1, 4, 3), targets: float(Array(12).fill(1 / 3), 4, 3) })
laws.loss(Losses.overTime(Losses.huber()), {
  outputs: float([0.5, 2, -3, 0.25, -2, 4, 0.5, 0.25], 2, 2, 2),
  targets: float([0, 0, 0, 0, 0, 0, 0, 0], 2, 2, 2)
})
