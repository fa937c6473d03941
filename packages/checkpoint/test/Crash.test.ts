import "@tensorflow/tfjs-backend-cpu"
import { describe, it } from "@effect/vitest"
import * as CrashLaw from "@etude/testing/CrashLaw"
import { folder, open } from "./support/crashing.ts"

describe("a crash, a kill or a failing disk", () => {
  it.effect("at any operation loses no checkpoint that was saved and leaves no half one", () =>
    CrashLaw.check({ name: "FileStore", folder, open })
  )
})
