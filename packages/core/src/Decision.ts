/**
 * What a controller may ask of the run. Decisions join: a boundary's decision is the union of what all controllers asked,
 * in any order.
 */
import * as Schema from "effect/Schema"

export const Decision = Schema.Struct({
  /** Leave this batch out (at `batchBegin` only). */
  skipBatch: Schema.Boolean,
  /** Save a checkpoint at the end of this boundary. */
  saveNow: Schema.Boolean,
  /** The ids of the callbacks that asked to save, sorted; the loop fills them in. */
  savers: Schema.optionalKey(Schema.Array(Schema.String)),
  /** End the epoch here; validation and `epochEnd` follow as after its last batch. */
  stopEpoch: Schema.Boolean,
  /** End the run at this boundary; the reasons, sorted. */
  stopRun: Schema.Array(Schema.String),
  /** The ids of the callbacks that ended the run, sorted; the loop fills them in. */
  stoppers: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Factors on the learning rate from here on, sorted; they multiply. */
  scaleLearningRate: Schema.Array(Schema.Number),
  /** Evaluate with these tensors instead of the parameters (at the begin of a validation or test): names as `callback/tensor`. */
  useParameters: Schema.Array(Schema.String),
  /**
   * Go back to the parameters, statistics and averages that were best by these monitors; the controller declares the
   * monitor as `keepBest`.
   */
  restoreBest: Schema.Array(Schema.String)
})
export type Decision = typeof Decision.Type

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

const union = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<string> =>
  a.length === 0 ? b : b.length === 0 ? a : [...new Set([...a, ...b])].sort()

const signatures = (key: "savers" | "stoppers", a: Decision, b: Decision): Partial<Decision> =>
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
          ...signatures("savers", a, b),
          ...signatures("stoppers", a, b),
          stopEpoch: a.stopEpoch || b.stopEpoch,
          stopRun: union(a.stopRun, b.stopRun),
          scaleLearningRate: [...a.scaleLearningRate, ...b.scaleLearningRate].sort((x, y) => x - y),
          useParameters: union(a.useParameters, b.useParameters),
          restoreBest: union(a.restoreBest, b.restoreBest)
        }

/** All of them. */
export const all = (...decisions: ReadonlyArray<Decision>): Decision => decisions.reduce(join, proceed)
