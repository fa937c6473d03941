/**
 * What a controller may ask of the run. Decisions join: a boundary's decision is the union of what all controllers asked,
 * in any order.
 */
import * as Schema from "effect/Schema"

export interface Decision {
  /** Leave this batch out (at `batchBegin` only). */
  readonly skipBatch: boolean
  /** Save a checkpoint at the end of this boundary. */
  readonly saveNow: boolean
  /** The ids of the callbacks that requested to save, sorted; the loop fills them in. */
  readonly savers?: ReadonlyArray<string>
  /** End the epoch here; validation and `epochEnd` follow as after its last batch. */
  readonly stopEpoch: boolean
  /** End the run at this boundary; the reasons, sorted. */
  readonly stopRun: ReadonlyArray<string>
  /** The ids of the callbacks that ended the run, sorted; the loop fills them in. */
  readonly stoppers?: ReadonlyArray<string>
  /** Factors on the learning rate from here on, sorted; they multiply. */
  readonly scaleLearningRate: ReadonlyArray<number>
  /** Evaluate with these tensors instead of the parameters (at the begin of a validation or test): names as `callback/tensor`. */
  readonly useParameters: ReadonlyArray<string>
  /**
   * Go back to the parameters, statistics and averages that were best by these monitors; the controller declares the
   * monitor as `keepBest`.
   */
  readonly restoreBest: ReadonlyArray<string>
  /** Train what these patterns match from here on; each is one that a controller declares as `freezes`. */
  readonly thaw?: ReadonlyArray<string>
}
export const Decision: Schema.Codec<Decision> = Schema.Struct({
  skipBatch: Schema.Boolean,
  saveNow: Schema.Boolean,
  savers: Schema.optionalKey(Schema.Array(Schema.String)),
  stopEpoch: Schema.Boolean,
  stopRun: Schema.Array(Schema.String),
  stoppers: Schema.optionalKey(Schema.Array(Schema.String)),
  scaleLearningRate: Schema.Array(Schema.Number),
  useParameters: Schema.Array(Schema.String),
  restoreBest: Schema.Array(Schema.String),
  thaw: Schema.optionalKey(Schema.Array(Schema.String))
})

/** No request: the identity of `join`. */
export const proceed: Decision = {
  skipBatch: false,
  saveNow: false,
  stopEpoch: false,
  stopRun: [],
  scaleLearningRate: [],
  useParameters: [],
  restoreBest: []
}

export const skipBatch: Decision = { ...proceed, skipBatch: true }
export const saveNow: Decision = { ...proceed, saveNow: true }
export const stopEpoch: Decision = { ...proceed, stopEpoch: true }
export const stopRun = (reason: string): Decision => ({ ...proceed, stopRun: [reason] })
export const scaleLearningRate = (factor: number): Decision => ({ ...proceed, scaleLearningRate: [factor] })
export const useParameters = (name: string): Decision => ({ ...proceed, useParameters: [name] })
export const restoreBest = (monitor: string): Decision => ({ ...proceed, restoreBest: [monitor] })
export const thaw = (...patterns: ReadonlyArray<string>): Decision => ({ ...proceed, thaw: union(patterns, []) })

const union = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<string> =>
  a.length === 0 ? b : b.length === 0 ? a : [...new Set([...a, ...b])].sort()

const united = (key: "savers" | "stoppers" | "thaw", a: Decision, b: Decision): Partial<Decision> =>
  a[key] === undefined && b[key] === undefined ? {} : { [key]: union(a[key] ?? [], b[key] ?? []) }

/** A decision with the id of the callback that took it, where it matters later whose it was. */
export const signed = (decision: Decision, id: string): Decision =>
  decision.saveNow || decision.stopRun.length > 0
    ? {
        ...decision,
        ...(decision.saveNow ? { savers: [id] } : {}),
        ...(decision.stopRun.length > 0 ? { stoppers: [id] } : {})
      }
    : decision

/** Both decisions: associative, commutative, with `proceed` as identity. */
export const join = (a: Decision, b: Decision): Decision =>
  a === proceed
    ? b
    : b === proceed
      ? a
      : {
          skipBatch: a.skipBatch || b.skipBatch,
          saveNow: a.saveNow || b.saveNow,
          ...united("savers", a, b),
          ...united("stoppers", a, b),
          ...united("thaw", a, b),
          stopEpoch: a.stopEpoch || b.stopEpoch,
          stopRun: union(a.stopRun, b.stopRun),
          scaleLearningRate: [...a.scaleLearningRate, ...b.scaleLearningRate].sort((x, y) => x - y),
          useParameters: union(a.useParameters, b.useParameters),
          restoreBest: union(a.restoreBest, b.restoreBest)
        }

/** All of them. */
export const all = (...decisions: ReadonlyArray<Decision>): Decision => decisions.reduce(join, proceed)
