import type { Plugins } from "@etude/testing/subjects/Trajectory"
import * as AdaptiveClipping from "../../src/AdaptiveClipping.ts"
import * as EarlyStopping from "../../src/EarlyStopping.ts"
import * as ExponentialMovingAverage from "../../src/ExponentialMovingAverage.ts"
import * as GradientNoise from "../../src/GradientNoise.ts"
import * as LabelSmoothing from "../../src/LabelSmoothing.ts"
import * as MaxTime from "../../src/MaxTime.ts"
import * as Mixup from "../../src/Mixup.ts"
import * as ReduceOnPlateau from "../../src/ReduceOnPlateau.ts"
import * as TerminateOnNonFinite from "../../src/TerminateOnNonFinite.ts"
import * as WeightConstraints from "../../src/WeightConstraints.ts"

/** Callbacks that change a run, by id, for tasks of three classes. */
export const changing: { readonly [id: string]: Plugins } = {
  "earlyStopping(validation/loss)": EarlyStopping.layer({
    monitor: "validation/loss",
    patience: { evaluations: 2 },
    restoreBest: true
  }),
  "earlyStopping(train/accuracy)": EarlyStopping.layer({
    monitor: "train/accuracy",
    patience: { epochs: 3 },
    minimumDelta: 0.01
  }),
  "reduceOnPlateau(validation/accuracy)": ReduceOnPlateau.layer({
    monitor: "validation/accuracy",
    patience: { evaluations: 1 },
    factor: 0.5
  }),
  maxTime: MaxTime.layer({ minutes: 10 }),
  terminateOnNonFinite: TerminateOnNonFinite.layer(),
  exponentialMovingAverage: ExponentialMovingAverage.layer({ decay: 0.8 }),
  labelSmoothing: LabelSmoothing.layer({ classes: 3 }),
  mixup: Mixup.layer({ classes: 3, per: "sample" }),
  gradientNoise: GradientNoise.layer(),
  adaptiveClipping: AdaptiveClipping.layer({ clipping: 0.1 }),
  weightConstraints: WeightConstraints.layer({
    constraints: [{ match: "**/kernel", constraint: { _tag: "MaxNorm", maximum: 1 } }]
  })
}
