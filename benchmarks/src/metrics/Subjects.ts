/** What is measured: every metric of `@etude/metrics`, under names that `metrics.py` knows too, and on which data. */
import type { Metric } from "@etude/core/Metric"
import {
  Aggregation,
  Classification,
  ClassificationReport,
  Confusion,
  Probabilistic,
  Ranking,
  Regression
} from "@etude/metrics"
import type * as tf from "@tensorflow/tfjs-core"

/** `classes`: logits [batch, 10] and labels; `sets`: logits and 0 or 1 [batch, 10]; `tokens`; `numbers`: [batch] twice. */
export type Data = "classes" | "sets" | "tokens" | "numbers"
/** Metrics of counts must not be slower than torchmetrics; those of bins must keep constant memory. */
export type Kind = "counts" | "bins" | "other"

export interface Subject {
  readonly name: string
  readonly data: Data
  readonly kind: Kind
  /** One metric, or several that a task would measure together. */
  readonly metrics: ReadonlyArray<Metric<any, any, any, any>> // any: each has a state of its own
}

const ten = { task: "multiclass", classes: 10 } as const
const sets = { task: "multilabel", labels: 10 } as const
const bins = { ...ten, bins: 100 } as const
const of = ({ outputs }: { readonly outputs: tf.Tensor }) => outputs
const { mean, sum, min, max, variance } = Aggregation.aggregates({ name: "output", of })

const subject =
  (data: Data, kind: Kind) =>
  (name: string, ...metrics: Subject["metrics"]): Subject => ({ name, data, kind, metrics })
const counts = subject("classes", "counts")
const binned = subject("classes", "bins")
const scores = subject("classes", "other")
const numbers = subject("numbers", "other")

export const subjects: ReadonlyArray<Subject> = [
  counts("accuracy", Classification.accuracy(ten)),
  counts("precision", Classification.precision(ten)),
  counts("recall", Classification.recall(ten)),
  counts("F1", Classification.f1(ten)),
  counts("F2", Classification.fBeta({ ...ten, beta: 2 })),
  counts("specificity", Classification.specificity(ten)),
  counts("Jaccard", Classification.jaccard(ten)),
  counts("top-3 accuracy", Classification.topKAccuracy({ ...ten, topK: 3 })),
  counts("confusion matrix", Confusion.confusionMatrix(ten)),
  counts("Matthews", Confusion.matthews(ten)),
  counts("kappa", Confusion.kappa(ten)),
  counts(
    "six together",
    Classification.accuracy(ten),
    Classification.precision(ten),
    Classification.recall(ten),
    Classification.f1(ten),
    Confusion.confusionMatrix(ten),
    Confusion.matthews(ten)
  ),
  counts("report", ClassificationReport.make(ten)),
  subject("sets", "counts")("F1 of labels", Classification.f1(sets)),
  subject("sets", "counts")("exact match", Classification.exactMatch(sets)),
  binned("ECE", Probabilistic.expectedCalibrationError(ten)),
  binned("MCE", Probabilistic.maximumCalibrationError(ten)),
  binned("reliability", Probabilistic.reliability(ten)),
  binned("AUROC, 100 bins", Ranking.areaUnderRoc(bins)),
  binned("average precision, 100 bins", Ranking.averagePrecision(bins)),
  binned("ROC curve, 100 bins", Ranking.rocCurve(bins)),
  binned("PR curve, 100 bins", Ranking.precisionRecallCurve(bins)),
  scores("AUROC", Ranking.areaUnderRoc(ten)),
  scores("average precision", Ranking.averagePrecision(ten)),
  scores("log loss", Probabilistic.logLoss(ten)),
  scores("Brier", Probabilistic.brier(ten)),
  subject("tokens", "other")("perplexity", Probabilistic.perplexity({ classes: 10 })),
  numbers("MAE", Regression.meanAbsoluteError),
  numbers("MSE", Regression.meanSquaredError),
  numbers("RMSE", Regression.rootMeanSquaredError),
  numbers("MAPE", Regression.meanAbsolutePercentageError),
  numbers("SMAPE", Regression.symmetricMeanAbsolutePercentageError),
  numbers("R²", Regression.r2()),
  numbers("explained variance", Regression.explainedVariance()),
  numbers("Pearson", Regression.pearson()),
  numbers("Spearman", Regression.spearman),
  subject("classes", "other")("cosine similarity", { ...Regression.cosineSimilarity, measure: cosineOfItself }),
  numbers("mean", mean),
  numbers("sum", sum),
  numbers("minimum", min),
  numbers("maximum", max),
  numbers("variance", variance),
  numbers("running mean of 100", Aggregation.runningMean({ name: "output", of, window: 100 })),
  numbers("exponential mean", Aggregation.exponentialMean({ name: "output", of, decay: 0.99 }))
]

/** Logits against themselves in place of labels. */
function cosineOfItself({ outputs }: { readonly outputs: tf.Tensor }) {
  return Regression.cosineSimilarity.measure({ outputs, targets: outputs })
}
