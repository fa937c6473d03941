import "@tensorflow/tfjs-backend-cpu"
import { assert, describe, it } from "@effect/vitest"
import * as CrashLaw from "@etude/testing/laws/CrashLaw"
import * as Effect from "effect/Effect"
import { folder, inPlace, open } from "./support/crashing.ts"

const subject = { name: "FileStore", folder, open }
const messageOf = (options: CrashLaw.CrashOptions) =>
  Effect.match(CrashLaw.check(options), { onSuccess: () => "it holds", onFailure: ({ message }) => message })

describe("a crash, a kill or a failing disk", () => {
  it.effect("at any operation loses no checkpoint that was saved and leaves no half one", () => CrashLaw.check(subject))

  it.effect("loses something when any single sync is left out", () =>
    Effect.gen(function* () {
      const syncs = yield* CrashLaw.syncs(subject)
      // 3 at the opening, 11 for each of 3 saves, 1 for the deletion.
      assert.strictEqual(syncs, 37)
      const needless: Array<number> = []
      for (let dropSync = 0; dropSync < syncs; dropSync++) {
        if ((yield* messageOf({ ...subject, dropSync })) === "it holds") needless.push(dropSync)
      }
      assert.deepStrictEqual(needless, [])
      assert.strictEqual(yield* messageOf({ ...subject, dropSync: syncs, outcomes: 2 }), "it holds")
    })
  )

  it.effect("is told with what it took: a folder's entry that was not synced", () =>
    Effect.map(messageOf({ ...subject, dropSync: 0 }), (message) =>
      assert.strictEqual(
        message,
        'FileStore breaks the law "crash": after a crash at the end that lost 1 of 1 unsynced things, ' +
          "epoch-0002-batch-00000-step-0000020-attempt-01, which had been saved, is gone. " +
          "To reproduce: run CrashLaw on it with seed 1."
      )
    )
  )

  it.effect("is told with what it took: a store that writes in place", () =>
    Effect.map(messageOf({ name: "in place", folder, open: inPlace }), (message) =>
      assert.strictEqual(
        message,
        'in place breaks the law "crash": after a crash before operation 7 (create ' +
          "runs/one/epoch-0001-batch-00000-step-0000010-attempt-01/model.safetensors) that lost 0 of 1 unsynced things, " +
          "epoch-0001-batch-00000-step-0000010-attempt-01 is in the folder and is no checkpoint. " +
          "To reproduce: run CrashLaw on it with seed 1."
      )
    )
  )
})
