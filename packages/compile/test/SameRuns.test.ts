import { describe } from "@effect/vitest"
import * as Digests from "./support/Digests.ts"
import * as SameRuns from "./support/SameRuns.ts"

// Other runs, processors and plain C are in `SameRuns.slow.ts`.
describe("a run is the same on every machine", () => {
  for (const threads of [1, 2, 3]) {
    SameRuns.sameOnWebAssembly(Digests.dropout, threads)
    SameRuns.sameOnNative(Digests.dropout, threads)
  }
})
