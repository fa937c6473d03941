/** `etude find-rate`: what it prints and writes, and that it leaves nothing else. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { etude, line, temporary } from "./support/etude.ts"

const fields = (stdout: string): Record<string, any> => JSON.parse(stdout) // any: JSON

describe.concurrent("etude find-rate", () => {
  it.live("prints two rates and the curve in 80 columns, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const ended = yield* etude(["find-rate", line, "--set", `runs=${folder}/runs`], { cwd: folder })
      assert.strictEqual(ended.code, 0, ended.stderr)
      const lines = ended.stdout.split("\n")
      assert.isAtMost(Math.max(...lines.map(({ length }) => length)), 80)
      assert.strictEqual(lines[0], "Smoothed loss by learning rate")
      assert.match(ended.stdout, /a rate to begin with +0\.\d+\n/)
      assert.match(ended.stdout, /It ended after \d+ of 100 updates, where the loss had grown too far/)
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("writes the picture, and prints all points as JSON; the same each time", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const output = path.join(folder, "pictures", "rate.svg")
      const args = ["find-rate", line, "--from", "1e-4", "--to", "0.5", "--steps", "30", "--json"]
      const ended = yield* etude([...args, "--output", output], { cwd: folder })
      assert.strictEqual(ended.code, 0, ended.stderr)
      const { steepest, belowMinimum, points, picture } = fields(ended.stdout)
      assert.strictEqual(picture, output)
      assert.match(readFileSync(output, "utf8"), /^<svg .*<\/svg>\n$/s)
      assert.deepStrictEqual([points[0].rate, points.length], [1e-4, 30])
      assert.isTrue(steepest > 1e-4 && steepest < 0.5 && belowMinimum < 0.5)
      const again = yield* etude(args, { cwd: folder })
      assert.deepStrictEqual(fields(again.stdout)["points"], points)
      assert.deepStrictEqual(readdirSync(folder), ["pictures"])
    })
  )

  it.live("takes configs that end with the best weights of a validation set, and says what is wrong with others", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const best = yield* etude(["find-rate", line, "--set", "train.endWith={ best: validation/loss }", "--steps", "9"])
      assert.strictEqual(best.code, 0, best.stderr)
      const file = path.join(folder, "config.yaml")
      writeFileSync(
        file,
        `use: ${line.replace("line.yaml", "line.ts")}\ntrain: { optimizer: { _tag: Sgd, momentum: 2 } }\n`
      )
      const wrong = yield* etude(["find-rate", file])
      assert.strictEqual(wrong.code, 2)
      assert.include(wrong.stderr, "train.optimizer.momentum: expected a number in [0, 1)")
      const flags = yield* etude(["find-rate", line, "--steps", "2"])
      assert.strictEqual(flags.code, 2)
      assert.include(flags.stderr, "expected a whole number of updates above 2, found 2")
    })
  )
})
