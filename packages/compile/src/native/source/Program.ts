/**
 * Programs as C: which thread does what, and where all wait for each other. Small tasks aren't cut, and where all tasks between
 * two barriers are small, one thread does them: so little is sooner done than divided.
 */
import type { Program, Task } from "../../code/Code.ts"
import { taskSource } from "./Task.ts"

/** Multiply-adds below which a phase is left to one thread. A barrier lasts about as long. */
const phaseWork = 20_000
/** And a task, in a phase that isn't. */
const taskWork = 6_000

interface Named {
  readonly task: Task
  readonly name: string
}

const isCut = ({ task }: Named): boolean => task.units > 1 && task.work >= taskWork

const isShared = (phase: ReadonlyArray<Named>): boolean =>
  phase.reduce((sum, { task }) => sum + task.work, 0) >= phaseWork && (phase.length > 1 || phase.some(isCut))

const whole = ({ name, task }: Named): string => `${name}(M, 0, ${task.units});`

const share = (named: Named, index: number): string =>
  isCut(named)
    ? `${named.name}(M, (index_t)${named.task.units} * t / T, (index_t)${named.task.units} * (t + 1) / T);`
    : `if (t == ${index} % T) ${whole(named)}`

/** What comes before the first barrier is done before the other threads are woken, what comes after the last one after them. */
const phasesSource = (phases: ReadonlyArray<ReadonlyArray<Named>>): ReadonlyArray<string> => {
  const lines: Array<string> = []
  phases.forEach((phase, index) => {
    if (isShared(phase)) {
      lines.push(...phase.map(share), "barrier(P);")
    } else {
      lines.push("if (t == 0) {", ...phase.map((named) => `  ${whole(named)}`), "}")
      const next = phases[index + 1]
      if (next !== undefined && isShared(next)) lines.push("barrier(P);")
    }
  })
  return lines
}

const together = (phases: ReadonlyArray<ReadonlyArray<Named>>, number: number): ReadonlyArray<string> => [
  `static void together_${number}(u8* const M, int t, int T, Pool* P) {`,
  ...phasesSource(phases).map((line) => `  ${line}`),
  "}"
]

const alone = (phases: ReadonlyArray<ReadonlyArray<Named>>, number: number): ReadonlyArray<string> => [
  `static void alone_${number}(u8* const M) {`,
  "  (void)M;",
  ...phases.flat().map((named) => `  ${whole(named)}`),
  "}"
]

/** A program's functions: `alone_N`, which the calling thread does first, then `together_N`, which all do. */
export const programSource = (program: Program, lanes: number, number: number) => {
  let count = 0
  const phases = program.phases.map(({ tasks }) => tasks.map((task) => ({ task, name: `task_${number}_${count++}` })))
  const shared = phases.findIndex(isShared)
  const parted = shared < 0 ? phases.length : shared
  const lines = [
    ...phases.flat().map(({ task, name }) => taskSource(program, task, lanes, name)),
    ...alone(phases.slice(0, parted), number),
    ...(shared < 0 ? [] : together(phases.slice(parted), number))
  ]
  return { source: lines.join("\n"), entry: `{ alone_${number}, ${shared < 0 ? "NULL" : `together_${number}`} }` }
}
