/** The law of metrics for every metric of the package, on a backend. */
import type { Metric } from "@etude/core/Metric"
import type { MetricOptions } from "@etude/testing/laws/MetricLaw"
import * as Suites from "@etude/testing/Suites"
import * as Aggregation from "../../src/Aggregation.ts"
import * as Classification from "../../src/Classification.ts"
import * as ClassificationReport from "../../src/ClassificationReport.ts"
import * as Confusion from "../../src/Confusion.ts"
import { classwise, groups } from "../../src/Groups.ts"
import * as Probabilistic from "../../src/Probabilistic.ts"
import * as Ranking from "../../src/Ranking.ts"
import * as Regression from "../../src/Regression.ts"
import { floats, labels, mask, weights } from "./samples.ts"

type Named = { readonly [name: string]: Metric<any, any, any, any> }

/** A metric with samples that it is measured on. */
export type Subject = Pick<MetricOptions, "name" | "metric" | "samples" | "exact">

/** Every metric of the package on samples, without and with weights and mask. */
export const subjects = (): ReadonlyArray<Subject> => {
  const all: Array<Subject> = []
  const hold = (metrics: Named, samples: MetricOptions["samples"], options: { readonly exact?: boolean } = {}) => {
    const n = (samples.targets as { shape: ReadonlyArray<number> }).shape[0]!
    for (const name in metrics) {
      const subject = { metric: metrics[name]!, ...options }
      const weighted = { ...samples, weights: weights(n), mask: mask([n]) }
      all.push({ ...subject, name, samples })
      all.push({ ...subject, name: `${name}, weighted and masked`, samples: weighted })
    }
  }

  const n = 30
  const exact = { exact: true }

  for (const average of ["micro", "macro", "weighted", "none"] as const) {
    const multiclass = { task: "multiclass", classes: 4, average: average as "micro" } as const
    hold(
      {
        [`precision, ${average}`]: Classification.precision(multiclass),
        [`F1 of the best two, ${average}`]: Classification.f1({ ...multiclass, topK: 2 }),
        [`specificity, ${average}`]: Classification.specificity({ ...multiclass, ignore: 1 })
      },
      { outputs: floats("scores", [n, 4], 1), targets: labels("classes", [n], 4) },
      exact
    )
    const multilabel = { task: "multilabel", labels: 3, average: average as "micro" } as const
    hold(
      { [`recall, multilabel, ${average}`]: Classification.recall(multilabel) },
      { outputs: floats("scores", [n, 3]), targets: labels("sets", [n, 3], 2) },
      exact
    )
  }

  const four = { task: "multiclass", classes: 4 } as const
  hold(
    {
      accuracy: Classification.accuracy(four),
      recall: Classification.recall(four),
      jaccard: Classification.jaccard(four),
      F2: Classification.fBeta({ ...four, beta: 2 }),
      "top-3 accuracy": Classification.topKAccuracy({ ...four, topK: 3 }),
      "confusion matrix": Confusion.confusionMatrix(four),
      "confusion matrix, by truth": Confusion.confusionMatrix({ ...four, normalize: "truth" }),
      Matthews: Confusion.matthews(four),
      kappa: Confusion.kappa(four),
      "kappa, quadratic": Confusion.kappa({ ...four, distance: "quadratic" })
    },
    { outputs: floats("scores", [n, 4], 1), targets: labels("classes", [n], 4) },
    exact
  )
  const byClass = groups({ names: ["zero", "one"], of: ({ targets }) => targets })
  hold(
    {
      report: ClassificationReport.make(four),
      ...classwise(Classification.precision({ ...four, average: "none" }), ["a", "b"]),
      ...byClass(Classification.f1(four)),
      ...byClass(Confusion.confusionMatrix(four))
    },
    { outputs: floats("scores", [n, 4], 1), targets: labels("classes", [n], 4) },
    exact
  )
  hold(
    {
      "accuracy of a sequence": Classification.accuracy(four)
    },
    { outputs: floats("sequences", [8, 5, 4], 1), targets: labels("tokens", [8, 5], 4), mask: mask([8, 5]) },
    exact
  )
  hold(
    {
      "accuracy, binary": Classification.accuracy({ task: "binary" }),
      "precision, binary": Classification.precision({ task: "binary", threshold: 0.25 }),
      "Matthews, binary": Confusion.matthews({ task: "binary" })
    },
    { outputs: floats("scores", [n]), targets: labels("signs", [n], 2) },
    exact
  )
  const sets = { task: "multilabel", labels: 2 } as const
  hold(
    {
      "exact match": Classification.exactMatch(sets),
      "confusion matrices of labels": Confusion.confusionMatrix(sets),
      "Matthews of labels": Confusion.matthews(sets),
      "kappa of labels": Confusion.kappa(sets),
      "report of labels": ClassificationReport.make(sets)
    },
    { outputs: floats("scores", [n, 2]), targets: labels("sets", [n, 2], 2) },
    exact
  )

  for (const average of ["micro", "macro", "weighted", "none"] as const) {
    const options = { ...four, average: average as "micro" }
    hold(
      {
        [`AUROC, ${average}`]: Ranking.areaUnderRoc(options),
        [`AUROC of 8 bins, ${average}`]: Ranking.areaUnderRoc({ ...options, bins: 8 }),
        [`average precision, ${average}`]: Ranking.averagePrecision(options)
      },
      { outputs: floats("scores", [n, 4], 1), targets: labels("classes", [n], 4) }
    )
  }
  hold(
    {
      "AUROC, binary": Ranking.areaUnderRoc({ task: "binary" }),
      "average precision of 8 bins": Ranking.averagePrecision({ task: "binary", bins: 8 }),
      "ROC curve": Ranking.rocCurve({ task: "binary" }),
      "precision-recall curve": Ranking.precisionRecallCurve({ task: "binary" }),
      "precision-recall curve of 8 bins": Ranking.precisionRecallCurve({ task: "binary", bins: 8 })
    },
    { outputs: floats("scores", [n], 1), targets: labels("signs", [n], 2) },
    exact
  )
  hold(
    {
      "log loss": Probabilistic.logLoss(four),
      perplexity: Probabilistic.perplexity({ classes: 4 }),
      Brier: Probabilistic.brier(four),
      ECE: Probabilistic.expectedCalibrationError(four),
      MCE: Probabilistic.maximumCalibrationError({ ...four, bins: 5 }),
      reliability: Probabilistic.reliability(four)
    },
    { outputs: floats("scores", [n, 4], 1), targets: labels("classes", [n], 4) }
  )
  hold(
    {
      "ECE of labels": Probabilistic.expectedCalibrationError(sets),
      "log loss of labels": Probabilistic.logLoss(sets),
      "Brier of labels": Probabilistic.brier(sets),
      "AUROC of labels": Ranking.areaUnderRoc(sets),
      "ROC curves of labels of 8 bins": Ranking.rocCurve({ ...sets, bins: 8 })
    },
    { outputs: floats("scores", [n, 2], 1), targets: labels("sets", [n, 2], 2) }
  )
  hold(
    { "perplexity of tokens": Probabilistic.perplexity({ classes: 4, ignore: 3 }) },
    { outputs: floats("sequences", [8, 5, 4], 1), targets: labels("tokens", [8, 5], 4), mask: mask([8, 5]) }
  )
  hold(
    {
      "log loss, binary": Probabilistic.logLoss({ task: "binary" }),
      "Brier, binary": Probabilistic.brier({ task: "binary" }),
      "ECE, binary": Probabilistic.expectedCalibrationError({ task: "binary" })
    },
    { outputs: floats("scores", [n], 1), targets: labels("signs", [n], 2) }
  )

  const regression: Named = {
    MAE: Regression.meanAbsoluteError,
    MSE: Regression.meanSquaredError,
    RMSE: Regression.rootMeanSquaredError,
    MAPE: Regression.meanAbsolutePercentageError,
    SMAPE: Regression.symmetricMeanAbsolutePercentageError,
    "R²": Regression.r2(),
    "explained variance": Regression.explainedVariance(),
    Pearson: Regression.pearson(),
    Spearman: Regression.spearman
  }
  hold(regression, { outputs: floats("x", [n], 1), targets: floats("y", [n], 1, 1) })
  hold(
    {
      ...regression,
      "Pearson of columns": Regression.pearson({ columns: "none" }),
      cosine: Regression.cosineSimilarity
    },
    { outputs: floats("x", [n, 3]), targets: floats("y", [n, 3]) }
  )

  const { mean, sum, min, max, variance, standardDeviation } = Aggregation.aggregates({
    name: "output",
    of: ({ outputs }) => outputs
  })
  const of = ({ outputs }: { readonly outputs: any }) => outputs
  const aggregates = {
    mean,
    sum,
    min,
    max,
    variance,
    "standard deviation": standardDeviation,
    "running mean": Aggregation.runningMean({ name: "output", of, window: 7 }),
    "exponential mean": Aggregation.exponentialMean({ name: "output", of, decay: 0.9 })
  }
  hold(aggregates, { outputs: floats("x", [n]), targets: floats("y", [n]) })
  hold(
    { "variance near 10,000": variance, "mean near 10,000": mean },
    { outputs: floats("x", [n], 2, 10_000), targets: floats("y", [n]) }
  )
  return all
}

export interface LawsOptions {
  /** How many partitions are tried; 6 by default. */
  readonly partitions?: number
  /** Takes every so manieth subject only; an odd number takes weighted and plain ones in turn. 1 by default. */
  readonly every?: number
}

export const laws = (backend: Suites.On["backend"], { partitions = 6, every = 1 }: LawsOptions = {}): void => {
  for (const [index, subject] of subjects().entries()) {
    if (index % every === 0) Suites.metric({ ...subject, backend, partitions })
  }
}
