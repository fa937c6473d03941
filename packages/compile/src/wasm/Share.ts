/**
 * Who does which task. Bits don't depend on it: a task's units can be cut anywhere. Tasks with little work are done by one
 * thread, and where a phase has several of them, each thread takes some.
 */
import type { Phase, Task } from "../code/Code.ts"

/** A task that all threads share, or that one thread does. */
export type Doer = "all" | number

export interface SharedTask {
  readonly task: Task
  readonly doer: Doer
}

/** Less work than this is done by one thread: two would save less than the microsecond that a barrier costs. */
export const littleWork = 65_536

const leastBusy = (busy: ReadonlyArray<number>): number => busy.indexOf(Math.min(...busy))

export const share = ({ tasks }: Phase, threads: number): ReadonlyArray<SharedTask> => {
  const together = tasks.reduce((sum, { work }) => sum + work, 0)
  if (threads === 1 || together < littleWork) return tasks.map((task) => ({ task, doer: 0 }))
  const busy = Array.from({ length: threads }, () => 0)
  return tasks.map((task) => {
    if (task.work >= littleWork && task.units > 1) return { task, doer: "all" }
    const doer = leastBusy(busy)
    busy[doer] = (busy[doer] ?? 0) + task.work
    return { task, doer }
  })
}

/** Whether the first thread does all of it. */
export const isAlone = (tasks: ReadonlyArray<SharedTask>): boolean => tasks.every(({ doer }) => doer === 0)
