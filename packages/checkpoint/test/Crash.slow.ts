import "@tensorflow/tfjs-backend-cpu"
import { describe, it } from "@effect/vitest"
import * as CrashLaw from "@etude/testing/laws/CrashLaw"
import { folder, open } from "./support/crashing.ts"

describe("a crash, a kill or a failing disk", () => {
  it.effect(
    "in every way that it can end (of more than 4096, so many of them) takes nothing that was saved",
    () => CrashLaw.check({ name: "FileStore", folder, open, outcomes: 4096 }),
    3_600_000
  )
})
