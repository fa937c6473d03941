/** Tasks as C functions, one each, so that the compiler sees small functions. */
import type { Local, Program, Task } from "../../code/Code.ts"
import { typeOf } from "./Expression.ts"
import * as Names from "./Names.ts"
import { lines } from "./Statement.ts"
import { narrowed } from "./Vectors.ts"

const declare = (names: Names.Names, local: Local): string =>
  `  ${typeOf(local)} ${names.local(local)} = ${local.lanes === 1 || local.kind === "index" ? "0" : "{0}"};`

/** The lanes of a task's vectors. */
export const lanesOf = ({ locals }: Task): number | undefined => locals.find(({ lanes }) => lanes > 1)?.lanes

/** The units `first` ≤ unit < `last` of a task, as a function of this name. */
export const taskSource = (program: Program, task: Task, lanes: number, name: string): string => {
  const own = lanesOf(task) ?? lanes
  const names = Names.make(program, task, own)
  const bound = [...names.bound].map(([buffer, placement]) => {
    const entry = placement._tag === "Bound" ? placement.entry : 0
    return `  const index_t b${buffer} = (index_t)AT(const u32_m, (index_t)${program.table + 4 * entry});`
  })
  const [first, last] = [names.local(task.first), names.local(task.last)]
  const text = [
    `static __attribute__((noinline)) void ${name}(u8* const M, index_t ${first}, index_t ${last}) {`,
    ...bound,
    ...task.locals.map((local) => declare(names, local)),
    ...task.body.flatMap((statement) => lines(names, statement)).map((line) => `  ${line}`),
    "}"
  ].join("\n")
  return own === lanes ? text : narrowed(text, own)
}
