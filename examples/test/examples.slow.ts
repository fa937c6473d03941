import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const source = path.join(import.meta.dirname, "..", "src")
const readme = path.join(import.meta.dirname, "..", "..", "README.md")

/** The last line that each example prints where its check holds. */
const lastLines: { readonly [file: string]: RegExp } = {
  "adam.ts": /^training cost adam 0\.2\d\d, nesterov 0\.3\d\d, adagrad 0\.3\d\d$/,
  "augmentation.ts": /^[3-6]\d\.\d % without mirroring, (9\d\.\d|100\.0) % with it$/,
  "batchNormalization.ts":
    /^after 300 steps 1\d\.\d % of the test's digits are right, 8\d\.\d % with batch normalization$/,
  "callback.ts": /^validation loss \d\.\d\d at a constant rate, \d\.\d\d after lowering it on plateaus$/,
  "characters.ts": /^[12]\.\d\d bits for each character that was held out$/,
  "checkpointStore.ts": /^2 checkpoints saved, 0 left in the first store; the second continues from epoch 2$/,
  "functions.ts": /^9\d\.\d % of held-out points are on the right spiral$/,
  "gan.ts": /^mean, variances and covariance of new points:( -?\d\.\d\d){5}$/,
  "layers.ts": /^9\d\.\d % of held-out images are classified correctly$/,
  "lotteryTickets.ts":
    /^3\.8 % of the weights: 8\d\.\d % right from their first values, 8\d\.\d % from others; whole, \d\d\.\d %$/,
  "metric.ts": /^F1 is (0\.\d+) in batches of 16 and \1 in one; the mean over batches is 0\.\d+$/,
  "microbatches.ts": /^16 updates in parts of 24: parameters are at most [0-9e+-]+ from those of whole batches$/,
  "optimizer.ts": /^loss \d\.\d\d at first, 0\.0\d\d in the end, the same as with the links that exist$/,
  "regression.ts": /^y = (3\.0|2\.9)\d x \+ (2\.0|1\.9)\d, mean squared error 0\.01\d\d$/,
  "resume.ts": /^resumed after step 37 \(epoch 3, batch 7\): the same bits$/,
  "testPlugin.ts": /^forgetful breaks the law "resume": stopped after step \d of 8 and resumed, /,
  "twoInputs.ts": /^temperature is off by 0\.\d\d on average, rain is right in 9\d\.\d % of cases$/,
  "twoValidations.ts": /^accuracy 0\.9\d\d on points like those of training, 0\.8\d\d on noisier ones$/
}

const run = (file: string) =>
  Effect.callback<{ readonly code: number | string; readonly lines: ReadonlyArray<string>; readonly errors: string }>(
    (resume) => {
      const child = execFile(
        process.execPath,
        ["--conditions=@etude/source", path.join(source, file)],
        { env: { ...process.env, ETUDE_BACKEND: "wasm" } },
        (error, output, errors) =>
          resume(Effect.succeed({ code: error?.code ?? 0, lines: output.trimEnd().split("\n"), errors }))
      )
      return Effect.sync(() => child.kill())
    }
  )

/** Lines that are neither empty nor a comment. */
const codeOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "" && !/^\s*(\/\/|\/?\*)/.test(line))

describe("examples", () => {
  it("every one is run", () => {
    assert.deepStrictEqual(readdirSync(source).sort(), Object.keys(lastLines).sort())
  })

  for (const [file, lastLine] of Object.entries(lastLines)) {
    const text = readFileSync(path.join(source, file), "utf8")

    it.live(
      `${file} passes its own check and says so`,
      () =>
        Effect.gen(function* () {
          const { code, lines, errors } = yield* run(file)
          assert.strictEqual(code, 0, errors)
          assert.match(lines.at(-1)!, lastLine)
        }),
      120_000
    )

    it(`${file} has no loop and fits on a screen`, () => {
      assert.notMatch(text, /\b(for|while|do)\s*[({]|\bforEach\b/)
      assert.isBelow(codeOf(text).length, 60)
    })
  }

  it("the regression takes fewer than 30 lines, and the README shows it as it is", () => {
    const text = readFileSync(path.join(source, "regression.ts"), "utf8")
    assert.isBelow(codeOf(text).length, 30)
    assert.include(readFileSync(readme, "utf8"), text)
  })
})
