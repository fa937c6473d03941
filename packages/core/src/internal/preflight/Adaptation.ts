/**
 * A state that continues in a run of another make-up: parameters that are frozen or trained from here on, callbacks that came
 * or went. What is still used is kept, what is new starts from the beginning, and every change is named.
 */
import type * as tf from "@tensorflow/tfjs-core"
import type { Problem } from "../../Errors.ts"
import * as Tensors from "../../Tensors.ts"
import type { TrainState } from "../../TrainState.ts"

type Parts = Pick<TrainState, "slots" | "callbacks">

export interface Adapted extends Parts {
  /** What changed, as sentences. Empty where the state fits unchanged. */
  readonly changes: ReadonlyArray<string>
  /** The parts that do not fit. */
  readonly problems: ReadonlyArray<Problem>
}

const text = (tensor: tf.Tensor | undefined): string =>
  tensor === undefined ? "not there" : `[${tensor.shape.join(", ")}] ${tensor.dtype}`

const tensorAt = (owned: Tensors.Owned, owner: string, path: string): tf.Tensor | undefined => {
  const tensors = Tensors.ofOwner(owned, owner)
  return Object.hasOwn(tensors, path) ? tensors[path] : undefined
}

/** The owners that have a tensor of this path. */
const ownersOf = (owned: Tensors.Owned, path: string): ReadonlyArray<string> =>
  Object.keys(owned).filter((owner) => tensorAt(owned, owner, path) !== undefined)

const pathsOf = (owned: Tensors.Owned): ReadonlyArray<string> => [
  ...new Set(Object.values(owned).flatMap((tensors) => Object.keys(tensors)))
]

const misfit = (
  group: string,
  owner: string,
  path: string,
  stored: Tensors.Owned,
  expected: Tensors.Owned
): Problem => ({
  path: `state.${group}`,
  message: `${owner}/${path} is ${text(tensorAt(stored, owner, path))} in the state and ${text(tensorAt(expected, owner, path))} in the task`
})

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`

/** Slots go by parameter: those of a parameter that is trained as before are kept, or none of its optimizer's fits. */
const adaptSlots = (stored: Tensors.Owned, expected: Tensors.Owned) => {
  const problems: Array<Problem> = []
  const slots: Record<string, Record<string, tf.Tensor>> = {}
  const thawed: Array<string> = []
  // A state without any slot is that of an optimizer that has none: not of a run in which all was frozen.
  const hadNone = pathsOf(stored).length === 0
  for (const path of pathsOf(expected)) {
    const [before, now] = [ownersOf(stored, path), ownersOf(expected, path)]
    const isNew = before.length === 0 && !hadNone
    if (isNew) thawed.push(path)
    for (const slot of new Set([...before, ...now])) {
      const [current, fresh] = [tensorAt(stored, slot, path), tensorAt(expected, slot, path)]
      const tensor = isNew ? fresh : current
      if (tensor === undefined || (!isNew && text(current) !== text(fresh)))
        problems.push(misfit("slots", slot, path, stored, expected))
      else slots[slot] = { ...slots[slot], [path]: tensor }
    }
  }
  return { slots, problems, thawed }
}

const adaptCallbacks = (stored: Tensors.Owned, expected: Tensors.Owned) => {
  const problems: Array<Problem> = []
  const changes: Array<string> = []
  const callbacks: Record<string, Tensors.Tensors> = {}
  for (const [id, fresh] of Object.entries(expected)) {
    const begun = Object.keys(fresh).filter((path) => tensorAt(stored, id, path) === undefined)
    for (const path of Object.keys(fresh)) {
      if (begun.includes(path) || text(tensorAt(stored, id, path)) === text(fresh[path])) continue
      problems.push(misfit("callbacks", id, path, stored, expected))
    }
    callbacks[id] = Tensors.map(fresh, (tensor, path) => tensorAt(stored, id, path) ?? tensor)
    const dropped = Object.keys(Tensors.ofOwner(stored, id)).filter((path) => !Object.hasOwn(fresh, path))
    if (!Object.hasOwn(stored, id))
      changes.push(`${id} is new to the run: its tensors start from the current parameters`)
    else if (begun.length > 0) changes.push(`${id} starts again with ${listed(begun)}`)
    if (dropped.length > 0) changes.push(`${id} no longer keeps ${listed(dropped)}`)
  }
  for (const id of Object.keys(stored)) {
    if (!Object.hasOwn(expected, id)) changes.push(`${id} is no longer part of the run: its tensors are dropped`)
  }
  return { callbacks, problems, changes }
}

/** Callbacks with a state but no tensors that are no longer part of the run, as sentences. */
export const stateChanges = (
  stored: Pick<TrainState, "plain" | "callbacks">,
  callbacks: ReadonlyArray<{ readonly id: string }>
): ReadonlyArray<string> =>
  Object.keys(stored.plain.callbacks)
    .filter((id) => !Object.hasOwn(stored.callbacks, id) && !callbacks.some((one) => one.id === id))
    .map((id) => `${id} is no longer part of the run: its state is dropped`)

/**
 * Fits the slots and the callbacks' tensors of a state to a run, of which `expected` has what it would begin with at the
 * state's parameters. `trained` are the parameters that are trained now. The tensors stay those of the two.
 */
export const adapt = (stored: Parts, expected: Parts, trained: ReadonlyArray<string>): Adapted => {
  const { slots, problems, thawed } = adaptSlots(stored.slots, expected.slots)
  const frozen = pathsOf(stored.slots).filter((path) => !trained.includes(path))
  const leftOver = pathsOf(stored.slots).filter(
    (path) => trained.includes(path) && ownersOf(expected.slots, path).length === 0
  )
  const callbacks = adaptCallbacks(stored.callbacks, expected.callbacks)
  return {
    slots,
    callbacks: callbacks.callbacks,
    changes: [
      ...(thawed.length === 0
        ? []
        : [
            `${listed(thawed)} ${thawed.length === 1 ? "is" : "are"} trained from here on: the optimizer's state of ${thawed.length === 1 ? "it" : "them"} starts again`
          ]),
      ...(frozen.length === 0
        ? []
        : [
            `${listed(frozen)} ${frozen.length === 1 ? "is" : "are"} frozen from here on: the optimizer's state of ${frozen.length === 1 ? "it" : "them"} is dropped`
          ]),
      ...callbacks.changes
    ],
    problems: [
      ...problems,
      // The optimizer of now has no slots at all, where that of before had some.
      ...leftOver.flatMap((path) =>
        ownersOf(stored.slots, path).map((slot) => misfit("slots", slot, path, stored.slots, expected.slots))
      ),
      ...callbacks.problems
    ]
  }
}
