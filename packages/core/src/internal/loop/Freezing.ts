/**
 * Parameters that callbacks hold frozen, and their thaw. Which patterns have been thawed is part of the state; a step is planned
 * with what is trained at present, and planned anew at the boundary at which that changes.
 */
import type { Problem } from "../../Errors.ts"
import * as PathPattern from "../../PathPattern.ts"
import * as Tensors from "../../Tensors.ts"
import type { Plain } from "../../TrainState.ts"
import type { StepPlan } from "../step/Plan.ts"
import * as StepProgram from "../step/StepProgram.ts"
import * as Batch from "./Batch.ts"
import type { Definition } from "./Definition.ts"
import type * as Run from "./Run.ts"
import * as RunState from "./RunState.ts"

type Callbacks = ReadonlyArray<Pick<Definition, "id" | "freezes">>

const patternsOf = (callbacks: Callbacks): ReadonlyArray<string> => callbacks.flatMap(({ freezes = [] }) => freezes)

/** The plan of everything that may be trained, less what is frozen. A parameter is as long as one pattern holds it. */
export const reduced = (whole: StepPlan, callbacks: Callbacks, { thawed = [] }: Pick<Plain, "thawed">): StepPlan => {
  const frozen = patternsOf(callbacks).filter((pattern) => !thawed.includes(pattern))
  if (frozen.length === 0) return whole
  const isFrozen = PathPattern.matcherOfAny(frozen)
  const groups = whole.groups.map((group) => ({ ...group, paths: group.paths.filter((path) => !isFrozen(path)) }))
  return { ...whole, groups: groups.filter(({ paths }) => paths.length > 0) }
}

/** Patterns that match nothing that is trained. */
export const problems = (callbacks: Callbacks, trainable: ReadonlyArray<string>): ReadonlyArray<Problem> =>
  callbacks.flatMap(({ id, freezes = [] }) =>
    freezes
      .filter((pattern) => !trainable.some(PathPattern.matcher(pattern)))
      .map((pattern) => ({
        path: `callbacks.${id}`,
        message: `it freezes "${pattern}", which matches none of ${trainable.join(", ")}`
      }))
  )

/** Slots for parameters that are trained from here on; those of the others stay as they are. */
const extended = ({ state }: Run.Run, before: StepPlan, after: StepPlan): Tensors.Owned => {
  const known = new Set(before.groups.flatMap(({ paths }) => paths))
  const groups = after.groups.map((group) => ({ ...group, paths: group.paths.filter((path) => !known.has(path)) }))
  const added = groups.filter(({ paths }) => paths.length > 0)
  const fresh = Tensors.tidy(() => StepProgram.initialSlots(added, state.parameters))
  const merged = Tensors.mapOwned(fresh, (tensors, slot) => ({ ...Tensors.ofOwner(state.slots, slot), ...tensors }))
  return { ...state.slots, ...merged }
}

/** Trains what the patterns match from here on, with slots as at the beginning of a run. */
export const thaw = (run: Run.Run, patterns: ReadonlyArray<string> = []): void => {
  const { thawed = [] } = run.state.plain
  const next = [...new Set([...thawed, ...patterns])].sort()
  if (next.length === thawed.length) return
  const [before, after] = [thawed, next].map((patterns) => reduced(run.whole, run.callbacks, { thawed: patterns }))
  RunState.book(run, (books) => ({ ...books, thawed: next }))
  if (before === undefined || after === undefined) return
  const slots = extended(run, before, after)
  // What a rollback would go back to has no slots for what is trained now.
  Tensors.disposeTree(run.state.rollback)
  RunState.commit(run, { slots, rollback: {} })
  run.stepper.dispose()
  run.stepper = run.stepperOf(after)
  Batch.keepForRollback(run)
}
