import { describe, it } from "@effect/vitest"
import * as ExecutorLaw from "@etude/testing/laws/ExecutorLaw"
import * as StackRows from "@etude/testing/subjects/StackRows"
import * as Effect from "effect/Effect"
import { compiled, isInstalled } from "./support/native.ts"

describe.skipIf(!isInstalled)("many drawn stacks of layers, compiled: equals eager, and is reproducible", () => {
  for (const row of StackRows.drawn(72)) {
    it.effect(row.name, () => Effect.provide(ExecutorLaw.check({ row }), compiled))
  }
})
