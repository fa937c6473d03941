/** Tasks as C functions, one each, so that the compiler sees small functions. */
import type { Local, Program, Task } from "../../code/Code.ts"
import { typeOf } from "./Expression.ts"
import * as Names from "./Names.ts"
import { lines } from "./Statement.ts"
import { narrowed } from "./Vectors.ts"

/** Functions stay as they are: the compiler would put small ones into their callers, or make one for each call's arguments. */
const single = "__attribute__((noinline))"
const several = "__attribute__((noinline, noclone))"

const declare = (names: Names.Names, local: Local): string =>
  `  ${typeOf(local)} ${names.local(local)} = ${local.lanes === 1 || local.kind === "index" ? "0" : "{0}"};`

/** The lanes of a task's vectors. */
export const lanesOf = ({ locals }: Task): number | undefined => locals.find(({ lanes }) => lanes > 1)?.lanes

/** What stands for the n-th address in a text that is not finished; C has no such character. */
const mark = (place: number): string => `@${place}@`

/** How the addresses in a task's text are printed. */
export interface Addresses {
  /** Of the function, behind the units. */
  readonly parameters: ReadonlyArray<string>
  readonly address: (place: number) => string
}

/** A task as C but for its name and the addresses in it. */
export interface TaskText {
  /** Equal for tasks that differ in addresses only. */
  readonly shape: string
  readonly addresses: ReadonlyArray<number>
  readonly print: (name: string, addresses: Addresses) => string
}

/** The units `first` ≤ unit < `last` of a task, as a function. */
export const taskText = (program: Program, task: Task, lanes: number): TaskText => {
  const own = lanesOf(task) ?? lanes
  const addresses: Array<number> = []
  const names = Names.make(program, task, own, (address) => mark(addresses.push(address) - 1))
  const bound = names.bound.map(
    ({ name, entry }) => `  const index_t ${name} = (index_t)AT(const u32_m, (index_t)${names.number(entry)});`
  )
  const [first, last] = [names.local(task.first), names.local(task.last)]
  const text = [
    ...bound,
    ...task.locals.map((local) => declare(names, local)),
    ...task.body.flatMap((statement) => lines(names, statement)).map((line) => `  ${line}`),
    "}"
  ].join("\n")
  const shape = own === lanes ? text : narrowed(text, own)
  return {
    shape: `${first} ${last} ${shape}`,
    addresses,
    print: (name, { parameters, address }) => {
      const head = ["u8* const M", ...[first, last, ...parameters].map((one) => `index_t ${one}`)].join(", ")
      const body = shape.replaceAll(/@(\d+)@/g, (_, place) => address(Number(place)))
      return `static ${parameters.length === 0 ? single : several} void ${name}(${head}) {\n${body}`
    }
  }
}
