/** Emitters whose threads all take part in every task, however small it is. */
import type { Program } from "../../src/code/Code.ts"
import type { Emitter } from "../../src/runtime/Executable.ts"

export const program = (given: Program): Program => ({
  ...given,
  phases: given.phases.map(({ tasks }) => ({ tasks: tasks.map((task) => ({ ...task, work: 2 ** 30 })) }))
})

export const all = (emitter: Emitter): Emitter => ({ ...emitter, make: (given) => emitter.make(program(given)) })
