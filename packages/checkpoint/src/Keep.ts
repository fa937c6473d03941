/** Rules of retention, as values that combine: each rule names the checkpoints that it keeps; those that no rule keeps are deleted. */
import type { Checkpoints } from "@etude/core"
import { entry } from "@etude/core/Lookup"
import * as Monitors from "@etude/core/Monitors"

/** The ids to keep, of all checkpoints, oldest first. */
export type Keep = (saved: ReadonlyArray<Checkpoints.Saved>, monitors?: Monitors.Monitors) => ReadonlySet<string>

const ids = (saved: ReadonlyArray<Checkpoints.Saved>): ReadonlySet<string> => new Set(saved.map(({ id }) => id))

/** Every one of them. */
export const all: Keep = ids

/** The newest n. */
export const last =
  (count: number): Keep =>
  (saved) =>
    count > 0 ? ids(saved.slice(-count)) : new Set()

/**
 * Those with the best values of a monitor, by the metric's direction unless `better` is given; ties keep the earlier
 * ones. A value belongs to a checkpoint if it was measured on the checkpoint's parameters; this rule does not keep
 * checkpoints without one.
 */
export const best =
  (count: number, monitor: string, direction?: "higher" | "lower"): Keep =>
  (saved, monitors) => {
    const better = direction ?? Monitors.find(monitors ?? {}, monitor)?.better
    const valued = saved.filter(({ values }) => Number.isFinite(values[monitor]))
    const sign = better === "higher" ? -1 : 1
    // The sort is stable, so that of equal values the earlier one comes first.
    return ids(valued.toSorted((a, b) => sign * (entry(a.values, monitor) - entry(b.values, monitor))).slice(0, count))
  }

/** Those at the end of every nth epoch. */
export const everyNthEpoch =
  (n: number): Keep =>
  (saved) =>
    ids(saved.filter(({ epoch, batch }) => batch === 0 && epoch % n === 0))

/** Those at steps that are multiples of n. */
export const everyNthStep =
  (n: number): Keep =>
  (saved) =>
    ids(saved.filter(({ step }) => step % n === 0))

/** Checkpoints that any of the rules keeps. */
export const anyOf =
  (...rules: ReadonlyArray<Keep>): Keep =>
  (saved, monitors) =>
    new Set(rules.flatMap((rule) => [...rule(saved, monitors)]))

/** Those to delete: kept by no rule and not protected. */
export const expired = (
  saved: ReadonlyArray<Checkpoints.Saved>,
  keep: Keep,
  protectedIds: ReadonlySet<string>,
  monitors?: Monitors.Monitors
): ReadonlyArray<Checkpoints.Saved> => {
  const ids = keep(saved, monitors)
  return saved.filter(({ id }) => !ids.has(id) && !protectedIds.has(id))
}

/** What a saver keeps of its own checkpoints, and what it never deletes. */
export interface Saver {
  readonly keep: Keep
  readonly protectedIds: ReadonlySet<string>
}

/**
 * What one of several savers of a store may delete: checkpoints that it requested, alone or together with others of
 * these savers, and that none of them keeps. Each rule sees the checkpoints of its saver only. A checkpoint of any
 * other saver stays. A checkpoint that does not record who requested it belongs to all.
 */
export const expiredOf = (
  id: string,
  saved: ReadonlyArray<Checkpoints.Saved>,
  savers: ReadonlyMap<string, Saver>,
  protectedIds: ReadonlySet<string>,
  monitors?: Monitors.Monitors
): ReadonlyArray<Checkpoints.Saved> => {
  const isOf = (one: Checkpoints.Saved, saver: string) => one.savers === undefined || one.savers.includes(saver)
  const keptIds = new Set(protectedIds)
  for (const [name, saver] of savers) {
    for (const one of saver.keep(
      saved.filter((each) => isOf(each, name)),
      monitors
    ))
      keptIds.add(one)
    for (const one of saver.protectedIds) keptIds.add(one)
  }
  return saved.filter(
    (one) => isOf(one, id) && (one.savers ?? []).every((saver) => savers.has(saver)) && !keptIds.has(one.id)
  )
}
