/** Tasks as C's functions: one each, so that a compiler looks at small things. */
import type { Local, Program, Task } from "../../code/Code.ts"
import { typeOf } from "./Expression.ts"
import * as Names from "./Names.ts"
import { lines } from "./Statement.ts"

const declare = (names: Names.Names, local: Local): string =>
  `  ${typeOf(local)} ${names.local(local)} = ${local.lanes === 1 || local.kind === "index" ? "0" : "{0}"};`

/** The units `first` ≤ unit < `last` of a task, as a function of this name. */
export const taskSource = (program: Program, task: Task, lanes: number, name: string): string => {
  const names = Names.make(program, task, lanes)
  const bound = [...names.bound].map(([buffer, placement]) => {
    const entry = placement._tag === "Bound" ? placement.entry : 0
    return `  const index_t b${buffer} = (index_t)AT(const u32_m, (index_t)${program.table + 4 * entry});`
  })
  const [first, last] = [names.local(task.first), names.local(task.last)]
  return [
    `static __attribute__((noinline)) void ${name}(u8* const M, index_t ${first}, index_t ${last}) {`,
    ...bound,
    ...task.locals.map((local) => declare(names, local)),
    ...task.body.flatMap((statement) => lines(names, statement)).map((line) => `  ${line}`),
    "}"
  ].join("\n")
}
