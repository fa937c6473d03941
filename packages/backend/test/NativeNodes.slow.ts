import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Machine } from "../src/native/Machine.ts"
import { temporary } from "./native/FakeMachine.ts"
import { isInstalled } from "./native/Installed.ts"

const probe = path.join(import.meta.dirname, "native", "probe.ts")

describe.skipIf(!isInstalled)("one compiled binding", () => {
  it.live(
    "serves Node 22 and 24, with the same bits and without a word",
    () =>
      Effect.gen(function* () {
        const { run } = yield* Machine
        const folder = yield* temporary
        const nodes = ["22", "24"].map((major) => path.join(folder, major))
        const outputs: Array<ReadonlyArray<string>> = []
        for (const prefix of nodes) {
          const name = `node@${path.basename(prefix)}`
          const fetched = yield* run({ program: "npm", arguments: ["install", "--no-save", "--prefix", prefix, name] })
          assert.strictEqual(fetched.exitCode, 0, fetched.output)
          const { output } = yield* run({
            program: path.join(prefix, "node_modules", ".bin", "node"),
            arguments: ["--conditions=@etude/source", probe],
            env: { NODE_OPTIONS: "" }
          })
          outputs.push(output.trim().split(" "))
        }
        assert.deepStrictEqual(
          outputs.map(([major]) => major),
          ["22", "24"]
        )
        assert.match(outputs[0]!.slice(1).join(" "), /^[0-9a-f]{64}$/)
        assert.deepStrictEqual(outputs[0]!.slice(1), outputs[1]!.slice(1))
      }).pipe(Effect.scoped),
    180_000
  )
})
