import { describe, it } from "@effect/vitest"
import * as ExecutorLaw from "@etude/testing/laws/ExecutorLaw"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Effect from "effect/Effect"
import { compiled, isInstalled } from "./support/native.ts"

describe.skipIf(!isInstalled)("every row, compiled", () => {
  for (const row of ExecutorRows.all) {
    it.effect(`${row.name}: equals eager, and is reproducible`, () =>
      Effect.provide(ExecutorLaw.check({ row }), compiled)
    )
  }
})
