/** What the processes say to each other, as JSON; `../peers/python/metrics.py` speaks it too. */
export interface Job {
  /** `etude` runs operation by operation, `compiled` as one graph for each metric; the others are torchmetrics. */
  readonly competitor: Competitor
  /** Where the data is: `classes.f32`, `labels.i32`, `sets.i32`, `x.f32`, `y.f32`. */
  readonly folder: string
  readonly batches: number
  readonly threads: number
}

export const competitors = ["etude", "compiled", "torchmetrics", "unchecked"] as const
export type Competitor = (typeof competitors)[number]

export interface Request {
  readonly metric: string
  /** How many samples there are; the data is gone through again and again. */
  readonly samples: number
  /** After so many seconds the round ends with what it has. */
  readonly seconds: number
}

export type Answer =
  | { readonly _tag: "Ready"; readonly on: string }
  | { readonly _tag: "Unavailable"; readonly message: string }
  /** The competitor has no such metric. */
  | { readonly _tag: "Lacking" }
  | {
      readonly _tag: "Round"
      readonly samples: number
      readonly seconds: number
      /** The median time of 16 batches: what else a busy machine does is not in it, nor are rare pauses of the competitor's own. */
      readonly typical: number
      /** Bytes that the state holds at the end, and what it held after a tenth of the samples. */
      readonly bytes: number
      readonly early: number
      /** The result, or the first number of it; absent where it is no number. */
      readonly value?: number
    }

export const batchSize = 1024
/** The data repeats after so many batches. */
export const distinct = 16
