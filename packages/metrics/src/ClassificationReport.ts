/** The classification report: precision, recall, F1 and support of each class with their averages, as data and as text. */
import { element } from "@etude/core/Lookup"
import type { Metric } from "@etude/core/Metric"
import type * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import { type Average, type Averaging, average, hasData, perClass, type Ratio } from "./Averages.ts"
import * as Counts from "./Counts.ts"
import { textTable } from "./internal/textTable.ts"
import { checkLabelling, labellingOf, type Multiclass, type Multilabel } from "./Labels.ts"
import { metric } from "./Statistics.ts"

export interface Row {
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** The number (or weight) of targets. */
  readonly support: number
}

export interface ClassificationReport {
  readonly classes: ReadonlyArray<Row & { readonly name: string }>
  /** The fraction that is right, for a multiclass task; the micro average of all three then. */
  readonly accuracy?: number
  /** For a multilabel task. */
  readonly micro?: Row
  readonly macro: Row
  readonly weighted: Row
}

const ratios = {
  precision: ({ tp, fp }) => [tp, tp + fp],
  recall: ({ tp, fn }) => [tp, tp + fn],
  f1: ({ tp, fp, fn }) => [2 * tp, 2 * tp + fp + fn]
} satisfies { readonly [name: string]: Ratio }

/**
 * The contents of scikit-learn's `classification_report`, from the counts that precision, recall and F1 share. `names` are the
 * classes' (their numbers when absent). Macro averages leave out classes that never occur. As a number it is the macro F1. None once outputs
 * that count were NaN.
 */
export const make = (
  options: (Multiclass | Multilabel) & Averaging & { readonly names?: ReadonlyArray<string> }
): Metric<tf.Tensor, tf.Tensor, Counts.Counts, ClassificationReport> => {
  checkLabelling("classificationReport", options)
  const labelling = labellingOf(options)
  const { names, zeroDivision } = options
  return metric(Counts.statistics(labelling), {
    name: "classification report",
    better: "higher",
    toNumber: ({ macro }: ClassificationReport) => macro.f1,
    toJson: ({ classes, accuracy, micro, macro, weighted }: ClassificationReport) => ({
      classes: classes.map((row) => ({ ...row })),
      ...(accuracy === undefined ? {} : { accuracy }),
      ...(micro === undefined ? {} : { micro: { ...micro } }),
      macro: { ...macro },
      weighted: { ...weighted }
    }),
    toText: format,
    result: (counts: Counts.Counts) => {
      if (!hasData(counts) || counts.undefined !== 0) return Option.none()
      const support = counts.actual.reduce((a, b) => a + b, 0)
      const averaged = (kind: Average): Row => {
        const of = (ratio: Ratio) => Option.getOrThrow(average(labelling, kind, ratio, counts, zeroDivision))
        return { precision: of(ratios.precision), recall: of(ratios.recall), f1: of(ratios.f1), support }
      }
      const ofClasses = Record.map(ratios, (ratio: Ratio) => perClass(ratio, counts, zeroDivision))
      const micro = averaged("micro")
      return Option.some<ClassificationReport>({
        classes: counts.actual.map((support, k) => ({
          name: names?.[k] ?? String(k),
          ...Record.map(ofClasses, (values) => element(values, k)),
          support
        })),
        ...(labelling.task === "multiclass" ? { accuracy: micro.f1 } : { micro }),
        macro: averaged("macro"),
        weighted: averaged("weighted")
      })
    }
  })
}

/** The report as a table of text, with two decimals. */
export const format = ({ classes, accuracy, micro, macro, weighted }: ClassificationReport): string => {
  const text = ({ precision, recall, f1, support }: Row) =>
    [...[precision, recall, f1].map((value) => value.toFixed(2)), String(support)] as const
  const rows: ReadonlyArray<ReadonlyArray<string>> = [
    ["", "precision", "recall", "f1", "support"],
    ...classes.map((row) => [row.name, ...text(row)]),
    ...(accuracy === undefined ? [] : [["accuracy", "", "", accuracy.toFixed(2), String(macro.support)]]),
    ...(micro === undefined ? [] : [["micro average", ...text(micro)]]),
    ["macro average", ...text(macro)],
    ["weighted average", ...text(weighted)]
  ]
  return textTable(rows)
}
