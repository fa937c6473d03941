import { describe } from "@effect/vitest"
import * as Digests from "./support/Digests.ts"
import * as SameRuns from "./support/SameRuns.ts"

/** Vectors of 8, and no vectors at all, besides those of this processor. */
const machines = process.arch === "x64" ? [["-march=x86-64-v3"], ["-march=native", "-DETUDE_PLAIN"]] : []

describe("a run is the same on every machine", () => {
  for (const run of [Digests.dropout, Digests.everything, Digests.lenet5, Digests.residual]) {
    for (const threads of [1, 2, 3]) {
      SameRuns.sameOnWebAssembly(run, threads)
      SameRuns.sameOnNative(run, threads)
      // Compilers take long for the others.
      const isTried = run === Digests.dropout || run === Digests.lenet5
      for (const machine of isTried ? machines : []) SameRuns.sameOnNative(run, threads, machine)
    }
  }
})
