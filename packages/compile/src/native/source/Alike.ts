/**
 * Tasks that differ only in where their data lie are one function, with these differences as parameters: a network of equal blocks
 * is compiled in the time of one. A task that is like no other has its addresses as constants.
 */
import { element } from "@etude/core/Lookup"
import type { Program, Task } from "../../code/Code.ts"
import { zip } from "../../Lists.ts"
import { type TaskText, taskText } from "./Task.ts"

/** How a task is called: its function, and the arguments behind its units. */
export interface Call {
  readonly name: string
  readonly further: ReadonlyArray<number>
}

export interface Functions {
  readonly sources: ReadonlyArray<string>
  readonly calls: ReadonlyMap<Task, Call>
}

type Member = readonly [task: Task, text: TaskText]

/** By how much each address of a member is behind that of the first one. */
const distances = (first: TaskText, { addresses }: TaskText): ReadonlyArray<number> =>
  zip(addresses, first.addresses).map(([own, other]) => own - other)

/** Addresses that are equally far apart in all members have one parameter; those that are equal have none. */
const parametersOf = (members: ReadonlyArray<Member>) => {
  const [, first] = element(members, 0)
  const apart = members.map(([, text]) => distances(first, text))
  const parameters = new Map<string, number>()
  const further = members.map((): Array<number> => [])
  const ofAddress = first.addresses.map((_, place) => {
    const all = apart.map((one) => element(one, place))
    if (all.every((distance) => distance === 0)) return undefined
    const known = parameters.get(all.join())
    if (known !== undefined) return known
    for (const [at, distance] of all.entries()) element(further, at).push(distance)
    parameters.set(all.join(), parameters.size)
    return parameters.size - 1
  })
  return { count: parameters.size, ofAddress, further }
}

const functionOf = (name: string, members: ReadonlyArray<Member>) => {
  const [, text] = element(members, 0)
  const { count, ofAddress, further } = parametersOf(members)
  const printed = text.print(name, {
    parameters: Array.from({ length: count }, (_, at) => `d${at}`),
    address: (place) => {
      const [address, parameter] = [element(text.addresses, place), ofAddress[place]]
      return parameter === undefined ? `${address}` : `(d${parameter} + ${address})`
    }
  })
  const calls = zip(members, further).map(([[task], own]): readonly [Task, Call] => [task, { name, further: own }])
  return { printed, calls }
}

/** The functions of a program's tasks. */
export const functions = (program: Program, lanes: number, number: number): Functions => {
  const texts = program.phases.flatMap(({ tasks }) =>
    tasks.map((task): Member => [task, taskText(program, task, lanes)])
  )
  const alike = Map.groupBy(texts, ([, { shape }]) => shape)
  const made = [...alike.values()].map((members, count) => functionOf(`task_${number}_${count}`, members))
  return { sources: made.map(({ printed }) => printed), calls: new Map(made.flatMap(({ calls }) => calls)) }
}
