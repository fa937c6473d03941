/** Which weights of a run are measured: those that it ended with, or the others on demand. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { etude, line, temporary } from "./support/etude.ts"

describe("a run that ended with its best weights", () => {
  it.live("is measured with them, and with the last ones on demand; each says which they were", () =>
    Effect.gen(function* () {
      const runs = yield* temporary
      // The first epochs are the best: the rate grows until the run moves away.
      const set = [
        "train.until={ epochs: 3 }",
        "train.endWith={ best: { monitor: validation/loss, better: higher } }",
        "backend=cpu"
      ].flatMap((one) => ["--set", one])
      const trained = yield* etude(["train", line, "--runs", runs, ...set, "--json"])
      assert.strictEqual(trained.code, 0, trained.stderr)
      const folder = JSON.parse(trained.stdout).run
      const measure = (...flags: ReadonlyArray<string>) =>
        Effect.map(etude(["validate", folder, "--json", ...flags]), ({ code, stdout, stderr }) => {
          assert.strictEqual(code, 0, stderr)
          return { loss: JSON.parse(stdout).results[0].values.loss as number, stderr }
        })
      const [final, best, last] = [
        yield* measure(),
        yield* measure("--weights", "best"),
        yield* measure("--weights", "last")
      ]
      assert.strictEqual(final.loss, best.loss)
      // By the asked direction the highest loss is the best: that of the first epoch.
      assert.isAbove(best.loss, last.loss)
      assert.match(best.stderr, /With the best weights by validation\/loss \(.+, epoch 1, step \d+\)\./)
      assert.match(last.stderr, /With the last weights \(epoch 3, step \d+\)\./)
    })
  )

  it.live("without best weights says how a run keeps them", () =>
    Effect.gen(function* () {
      const runs = yield* temporary
      const set = ["train.until={ epochs: 1 }", "backend=cpu"].flatMap((one) => ["--set", one])
      const trained = yield* etude(["train", line, "--runs", runs, ...set, "--json"])
      const refused = yield* etude(["validate", JSON.parse(trained.stdout).run, "--weights", "best"])
      assert.notStrictEqual(refused.code, 0)
      assert.include(
        refused.stderr,
        "no best weights are stored with its model; a run keeps the best ones if train.endWith is { best: monitor }"
      )
    })
  )
})
