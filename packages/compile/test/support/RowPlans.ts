/** The plans of all rows of law 8, as they are compiled. */
import { Wasm } from "@etude/backend"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Effect from "effect/Effect"
import type { Values } from "../../src/plan/Evaluate.ts"
import * as Expand from "../../src/plan/Expand.ts"
import * as Fuse from "../../src/plan/Fuse.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as Networks from "./networks.ts"
import * as Planned from "./Planned.ts"
import { foreign } from "./plans.ts"

export interface RowPlan {
  /** Of the row and the program. */
  readonly name: string
  readonly plan: Plan
  readonly inputs: ReadonlyArray<Values>
  /** What WebAssembly gives on one thread: the outputs' bits. */
  readonly expected: ReadonlyArray<ReadonlyArray<number>>
}

const expectedOf = (plan: Plan, inputs: ReadonlyArray<Values>) => {
  const arena = Arena.make({ shared: false })
  return Planned.run(plan, inputs, arena, WasmEmitter.makeSingle({ arena }), foreign).map(Planned.bitsOf)
}

const ofRow = (row: ExecutorRows.Row) =>
  Effect.gen(function* () {
    const programs = yield* Networks.plansOf({ ...(yield* row.subject), name: row.name })
    return programs.map(({ name, plan: lowered, inputs }): RowPlan => {
      const plan = Expand.expand(Fuse.fuse(lowered))
      return { name: `${row.name}, ${name}`, plan, inputs, expected: expectedOf(plan, inputs) }
    })
  })

const recorded = Effect.map(Effect.forEach(ExecutorRows.all, ofRow), (rows) => rows.flat()).pipe(
  Effect.provide(Wasm.layer)
)

/** Recorded once in a process. */
export const all = Effect.runSync(Effect.cached(recorded))
