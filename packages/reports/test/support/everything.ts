import { fileURLToPath } from "node:url"
import * as AdaptiveClipping from "@etude/callbacks/AdaptiveClipping"
import * as EarlyStopping from "@etude/callbacks/EarlyStopping"
import * as ExponentialMovingAverage from "@etude/callbacks/ExponentialMovingAverage"
import * as GradientNoise from "@etude/callbacks/GradientNoise"
import * as LabelSmoothing from "@etude/callbacks/LabelSmoothing"
import * as MaxTime from "@etude/callbacks/MaxTime"
import * as Mixup from "@etude/callbacks/Mixup"
import * as ReduceOnPlateau from "@etude/callbacks/ReduceOnPlateau"
import * as TerminateOnNonFinite from "@etude/callbacks/TerminateOnNonFinite"
import * as WeightConstraints from "@etude/callbacks/WeightConstraints"
import type { Plugins } from "@etude/testing/subjects/Trajectory"
import * as Layer from "effect/Layer"
import * as Csv from "../../src/Csv.ts"
import * as GradientNorms from "../../src/GradientNorms.ts"
import * as History from "../../src/History.ts"
import * as HtmlReport from "../../src/HtmlReport.ts"
import * as ModelSummary from "../../src/ModelSummary.ts"
import * as ProgressBar from "../../src/ProgressBar.ts"
import * as Resources from "../../src/Resources.ts"
import * as TensorBoard from "../../src/TensorBoard.ts"
import * as TestTerminal from "../../src/TestTerminal.ts"
import * as Timing from "../../src/Timing.ts"
import * as ValuesFile from "../../src/ValuesFile.ts"
import * as WeightNorms from "../../src/WeightNorms.ts"
import { node } from "./folder.ts"

/** For what is written and not looked at. */
const scratch = (file: string): string => fileURLToPath(new URL(`../../node_modules/.test/${file}`, import.meta.url))
const shown = Layer.suspend(() => TestTerminal.make().layer)
const closed = (layer: Layer.Layer<any, any, any>): Plugins =>
  Layer.provide(layer, Layer.mergeAll(node, shown)) as Plugins

/** Callbacks that change a run, by id, for tasks of three classes. */
export const changing: { readonly [id: string]: Plugins } = {
  "earlyStopping(validation/loss)": closed(
    EarlyStopping.layer({ monitor: "validation/loss", patience: { evaluations: 2 }, restoreBest: true })
  ),
  "earlyStopping(train/accuracy)": closed(
    EarlyStopping.layer({ monitor: "train/accuracy", patience: { epochs: 3 }, minimumDelta: 0.01 })
  ),
  "reduceOnPlateau(validation/accuracy)": closed(
    ReduceOnPlateau.layer({ monitor: "validation/accuracy", patience: { evaluations: 1 }, factor: 0.5 })
  ),
  maxTime: closed(MaxTime.layer({ minutes: 10 })),
  terminateOnNonFinite: closed(TerminateOnNonFinite.layer()),
  exponentialMovingAverage: closed(ExponentialMovingAverage.layer({ decay: 0.8 })),
  labelSmoothing: closed(LabelSmoothing.layer({ classes: 3 })),
  mixup: closed(Mixup.layer({ classes: 3, per: "sample" })),
  gradientNoise: closed(GradientNoise.layer()),
  adaptiveClipping: closed(AdaptiveClipping.layer({ clipping: 0.1 })),
  weightConstraints: closed(
    WeightConstraints.layer({ constraints: [{ match: "**/kernel", constraint: { _tag: "MaxNorm", maximum: 1 } }] })
  )
}

/** Callbacks that change nothing, by id. */
export const looking: { readonly [id: string]: Plugins } = {
  progress: closed(ProgressBar.layer()),
  modelSummary: closed(ModelSummary.layer()),
  timing: closed(Timing.layer()),
  history: closed(Layer.suspend(() => History.observer().layer)),
  csv: closed(Csv.layer({ path: scratch("epochs.csv") })),
  valuesFile: closed(ValuesFile.layer({ path: scratch("values.jsonl"), flushEverySteps: 3 })),
  tensorBoard: closed(TensorBoard.layer({ directory: scratch("tensorboard"), flushEverySteps: 4 })),
  htmlReport: closed(HtmlReport.layer({ path: scratch("report.html") })),
  weightNorms: closed(WeightNorms.layer({ each: true })),
  gradientNorms: closed(GradientNorms.layer()),
  memory: closed(Resources.memory()),
  throughput: closed(Resources.throughput()),
  learningRate: closed(Resources.learningRate())
}
