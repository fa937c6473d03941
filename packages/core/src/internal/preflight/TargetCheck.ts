/** Whether targets are such that the losses of a task can be taken: labels within their range, probabilities that sum to 1. */
import * as Effect from "effect/Effect"
import type { Dataset, HostBatch } from "../../Dataset.ts"
import { DataError, type Problem, reasonOf } from "../../Errors.ts"
import type { HostValuesOf, SpecOf, Task } from "../../Task.ts"
import { hostTargets, specsOf } from "../HostFields.ts"
import { turn } from "../loop/turn.ts"

/** The problems of these targets, by the losses that read them. */
export const sentences = (task: Task, targets: HostValuesOf, outputs: SpecOf): ReadonlyArray<string> => {
  const objectives = Object.entries(task.objectives)
  return objectives.flatMap(([name, { checkTargets }]) => {
    const problems = checkTargets?.(targets, outputs) ?? []
    return objectives.length === 1 ? problems : problems.map((problem) => `for the loss ${name}, ${problem}`)
  })
}

/** Whether some loss checks targets. */
const isNeeded = (task: Task): boolean =>
  Object.values(task.objectives).some(({ checkTargets }) => checkTargets !== undefined)

/**
 * Whether nothing needs to be looked at when batches are read: targets that are at hand without the inputs have all been
 * checked by `checkAll`, and some losses take any.
 */
export const isChecked = (task: Task, { readTargets }: Dataset): boolean => readTargets !== undefined || !isNeeded(task)

/**
 * Throws a `DataError` where the targets of a batch are wrong. `indices` name its samples; they are worked out for the
 * message only, since that takes time where data are shuffled.
 */
export const checkBatch = (
  task: Task,
  { name, spec }: Dataset,
  outputs: SpecOf,
  batch: HostBatch,
  samples: number,
  indices: () => Int32Array,
  where: string
): void => {
  if (sentences(task, hostTargets(spec, batch.targets, samples), outputs).length === 0) return
  throw new DataError({
    source: `${name}, ${where}`,
    found: sentences(task, hostTargets(spec, batch.targets, samples, indices()), outputs).join("; "),
    expected: "targets that the loss can compare with the model's outputs",
    advice:
      "Correct the dataset's targets or the number of the model's outputs; the parameters are those of the last good step."
  })
}

/** The number of elements that are checked in one go: 16 MB of labels. */
const elementsAtOnce = 1 << 22

/** The problems of all targets of a dataset that has them at hand; those of other datasets are unknown before they are read. */
export const checkAll = Effect.fnUntraced(function* (task: Task, dataset: Dataset, outputs: SpecOf, path: string) {
  const { spec, length, readTargets } = dataset
  const problem = (message: string): ReadonlyArray<Problem> => [{ path, message }]
  if (readTargets === undefined || spec.targets === undefined) return []
  if (!isNeeded(task)) return []
  const sizes = Object.values(specsOf(spec.targets)).map(({ shape }) => shape.reduce((size, side) => size * side, 1))
  const chunk = Math.max(1, Math.floor(elementsAtOnce / Math.max(...sizes)))
  for (let from = 0; from < length; from += chunk) {
    const indices = Int32Array.from({ length: Math.min(chunk, length - from) }, (_, index) => from + index)
    try {
      const targets = hostTargets(spec, readTargets.call(dataset, indices), indices.length, indices)
      const wrong = sentences(task, targets, outputs)
      if (wrong.length > 0) return wrong.flatMap(problem)
    } catch (cause) {
      return problem(`reading its targets failed: ${reasonOf(cause)}`)
    }
    yield* turn
  }
  return []
})
