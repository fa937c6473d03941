/** What figures draw and texts show: the results of metrics that are more than a number. */

/** Rows are targets, columns are predictions. */
export type Matrix = ReadonlyArray<ReadonlyArray<number>>

/** Over what cells are divided: nothing, their row (`"truth"`), their column (`"prediction"`), or all. */
export type Normalization = "none" | "truth" | "prediction" | "all"

/** A bin of the reliability diagram; confidence and accuracy are means, absent where it holds nothing. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly weight: number
  readonly confidence?: number
  readonly accuracy?: number
}

/** Points by falling threshold, which is a probability; the first is that of a threshold above every score. */
export type RocCurve = {
  readonly thresholds: ReadonlyArray<number>
  readonly falsePositiveRate: ReadonlyArray<number>
  readonly truePositiveRate: ReadonlyArray<number>
}

/** Points by falling threshold, hence rising recall; the first has precision 1 and recall 0, as in scikit-learn. */
export type PrecisionRecallCurve = {
  readonly thresholds: ReadonlyArray<number>
  readonly precision: ReadonlyArray<number>
  readonly recall: ReadonlyArray<number>
}
