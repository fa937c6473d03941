/** Functions of f32 as code, run over arrays. */
import * as Block from "../../src/code/Block.ts"
import * as Build from "../../src/code/Build.ts"
import type { Expression, Placement, Program } from "../../src/code/Code.ts"
import type { Arena, Emitter } from "../../src/runtime/Executable.ts"

export type Make = (operands: ReadonlyArray<Expression>, block: Block.Block) => Expression

/** Results of a function at many places at once; as many operands as arrays. */
export const evaluate = (
  make: Make,
  operands: ReadonlyArray<Float32Array>,
  arena: Arena,
  emitter: Emitter
): Float32Array => {
  const { lanes } = emitter.target
  const size = operands[0]!.length
  const bytes = Math.ceil(size / 16) * 64
  const addresses = [...operands, undefined].map(() => arena.allocate(bytes))
  const placements: ReadonlyArray<Placement> = addresses.map((address) => ({ _tag: "Fixed", address }))
  for (const [at, values] of operands.entries()) new Float32Array(arena.memory.buffer, addresses[at]!, size).set(values)
  const task = Build.task("evaluate", bytes / (4 * lanes), size, (locals, first, last) => {
    const at = locals.fresh("index")
    const block = Block.make(locals)
    const from = (address: number) => Build.load("f32", lanes, Build.get(at), address)
    const value = make(
      operands.map((_, which) => block.keep(from(addresses[which]!))),
      block
    )
    block.statements.push(Build.store(Build.get(at), addresses.at(-1)!, value))
    const bound = (unit: Expression) => Build.mul(unit, Build.index(4 * lanes))
    return [Build.loop(at, bound(first), bound(last), 4 * lanes, block.statements)]
  })
  const program: Program = { table: 0, placements, phases: [{ tasks: [task] }] }
  const executable = emitter.make(program)
  executable.run()
  executable.release()
  const result = new Float32Array(arena.memory.buffer, addresses.at(-1)!, size).slice()
  for (const address of addresses) arena.free(address)
  return result
}
