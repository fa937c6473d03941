/** What few numbers need is computed only where one of a vector's lanes needs it. */

import * as Block from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import { zip } from "../Lists.ts"

/** 0 where no lane holds true. */
const any = (test: Expression, block: Block.Block): Expression => {
  const kept = block.keep(test)
  const lanes = Array.from({ length: test.lanes }, (_, lane) => Build.extract(kept, lane))
  return lanes.reduce(Build.or)
}

/** The usual values, or in lanes where `test` holds what `make` gives. */
export const whenAny = (
  test: Expression,
  usual: ReadonlyArray<Expression>,
  block: Block.Block,
  make: (block: Block.Block) => ReadonlyArray<Expression>
): ReadonlyArray<Expression> => {
  const locals = usual.map((value) => {
    const local = block.locals.fresh(value.kind, value.lanes)
    block.statements.push(Build.set(local, value))
    return local
  })
  const rare = Block.make(block.locals)
  const values = make(rare).map((value) => rare.keep(value))
  for (const [local, value] of zip(locals, values)) {
    rare.statements.push(Build.set(local, Build.select(test, value, Build.get(local))))
  }
  block.statements.push(Build.when(any(test, block), rare.statements))
  return locals.map(Build.get)
}
