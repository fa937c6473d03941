/** Prints statements. */
import type { Expression, Statement } from "../code/Code.ts"
import { address } from "./Address.ts"
import { type Context, localOf } from "./Context.ts"

type Of<Op extends Statement["op"]> = Extract<Statement, { readonly op: Op }>

const set = (context: Context, { local, to }: Of<"set">) => {
  context.sharing.begin(to)
  context.print(to)
  context.body.set(localOf(context, local))
}

/** The first lanes of a vector: two by one store, the third by another. */
const storeLanes = ({ body }: Context, offset: number, count: number) => {
  if (count === 1) return body.storeLane("v128.store32_lane", offset, 0)
  if (count === 2) return body.storeLane("v128.store64_lane", offset, 0)
  const [at, value] = [body.local("i32"), body.local("v128")]
  body.set(value)
  body.tee(at)
  body.get(value)
  body.storeLane("v128.store64_lane", offset, 0)
  body.get(at)
  body.get(value)
  body.storeLane("v128.store32_lane", offset + 8, 2)
}

const store = (context: Context, { address: at, offset, value, count = value.lanes }: Of<"store">) => {
  if (count === 0) return
  context.sharing.begin(at, value)
  const rest = address(context, at, offset)
  context.print(value)
  if (value.lanes === 1) return context.body.memory(value.kind === "f32" ? "f32.store" : "i32.store", rest)
  if (count === value.lanes) return context.body.memory("v128.store", rest)
  storeLanes(context, rest, count)
}

const constantOf = (expression: Expression): number | undefined =>
  expression.op === "constant" ? expression.value : undefined

/** The end of the loop: a constant, or a local that holds it. */
const limitOf = (context: Context, to: Expression): (() => void) => {
  const constant = constantOf(to)
  if (constant !== undefined) return () => context.body.i32(constant)
  const limit = context.body.local("i32")
  context.sharing.begin(to)
  context.print(to)
  context.body.set(limit)
  return () => context.body.get(limit)
}

/** Tested at the end of each iteration; before the first one only if the loop may have none. */
const loop = (context: Context, { counter, from, to, step, body: turn }: Of<"loop">) => {
  const { body } = context
  const [first, last] = [constantOf(from), constantOf(to)]
  if (first !== undefined && last !== undefined && first >= last) return
  const limit = limitOf(context, to)
  const local = localOf(context, counter)
  context.sharing.begin(from)
  context.print(from)
  body.set(local)
  const next = () => {
    body.get(local)
    body.i32(step)
    body.do("i32.add")
  }
  const turns = () => {
    if (first !== undefined && last !== undefined && first + step >= last) {
      statements(context, turn)
      next()
      return body.set(local)
    }
    body.loop((again) => {
      statements(context, turn)
      next()
      body.tee(local)
      limit()
      body.do("i32.lt_s")
      body.branchIf(again)
    })
  }
  if (first !== undefined && last !== undefined) return turns()
  body.get(local)
  limit()
  body.do("i32.lt_s")
  body.if(turns)
}

const conditional = (context: Context, { test, yes, no }: Of<"if">) => {
  context.sharing.begin(test)
  context.print(test)
  context.body.if(() => statements(context, yes), no === undefined ? no : () => statements(context, no))
}

const statement = (context: Context, it: Statement) => {
  switch (it.op) {
    case "set":
      return set(context, it)
    case "store":
      return store(context, it)
    case "loop":
      return loop(context, it)
    case "if":
      return conditional(context, it)
  }
}

export const statements = (context: Context, list: ReadonlyArray<Statement>) => {
  for (const each of list) statement(context, each)
}
