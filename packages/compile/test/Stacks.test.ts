import { describe, it } from "@effect/vitest"
import * as ExecutorLaw from "@etude/testing/laws/ExecutorLaw"
import * as StackRows from "@etude/testing/subjects/StackRows"
import * as Effect from "effect/Effect"
import { compiled, isInstalled } from "./support/native.ts"

// More of them are in `Stacks.slow.ts`.
describe.skipIf(!isInstalled)(
  "drawn stacks of layers, optimizers and batches, compiled: equals eager, and is reproducible",
  () => {
    for (const row of StackRows.drawn(6)) {
      it.effect(row.name, () => Effect.provide(ExecutorLaw.check({ row }), compiled))
    }
  }
)
