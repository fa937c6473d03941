import { describe } from "@effect/vitest"
import * as Subjects from "@etude/testing/Subjects"
import * as Suites from "@etude/testing/Suites"
import { compiled, isInstalled } from "./support/native.ts"

describe.skipIf(!isInstalled)("compiled", () => {
  Suites.resume({ ...Subjects.everything, backend: compiled })
  Suites.tensors({ ...Subjects.everything, backend: compiled })
  Suites.validation({ ...Subjects.undecided, backend: compiled })
  Suites.microbatches({
    ...Subjects.images,
    config: { ...Subjects.images.config, until: { steps: 4 } },
    backend: compiled
  })
})
