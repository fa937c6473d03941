import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Effect from "effect/Effect"
import * as Networks from "../support/networks.ts"
import { brokenByFusion, difference } from "../support/plans.ts"

/** Kernels that have no form, by the rows that call them. */
const known: { readonly [row: string]: ReadonlyArray<string> } = {
  "layer CenterCrop": ["CropAndResize"]
}

/** A sum of gradients of all signs: what is left of it are roundings. */
const isSound = (row: string): boolean => row !== "records of inputs, outputs and targets"

describe("the plans of every row's programs", () => {
  for (const row of ExecutorRows.all) {
    it.effect(`${row.name}: give what eager gives, before fusion and after`, () =>
      Effect.gen(function* () {
        const subject = yield* row.subject
        const programs = yield* Networks.plansOf({ ...subject, name: row.name })
        for (const program of programs) {
          const { inputs, name, plan } = program
          if (isSound(row.name)) assert.isUndefined(difference(plan, program), name)
          assert.isUndefined(brokenByFusion(plan, inputs), `${name}, fused`)
          const foreign = plan.nodes.flatMap((node) => (node._tag === "Foreign" ? [node.kernel] : []))
          assert.deepStrictEqual([...new Set(foreign)], known[row.name] ?? [])
        }
      }).pipe(Effect.provide(Wasm.layer))
    )
  }
})
