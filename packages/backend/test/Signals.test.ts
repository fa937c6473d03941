import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isInstalled } from "./native/Installed.ts"

const script = fileURLToPath(new URL("native/products.ts", import.meta.url))

/** Runs the script to its end, and sends it signals without a pause from the moment at which it computes, if wanted. */
const products = (signals: boolean) =>
  Effect.promise(
    () =>
      new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
        const child = spawn(process.execPath, ["--conditions=@etude/source", script], {
          stdio: ["ignore", "pipe", "inherit"]
        })
        let output = ""
        const storm = () => {
          if (child.exitCode !== null || child.signalCode !== null) return
          child.kill("SIGWINCH")
          setImmediate(storm)
        }
        child.stdout.setEncoding("utf8").on("data", (part) => {
          output += part
          if (signals && part.startsWith("ready")) storm()
        })
        child.on("close", (code) => resolve({ code, output: output.split("\n").at(-2) ?? "" }))
      })
  )

describe.skipIf(!isInstalled)("signals while the native library computes", () => {
  it.live("change nothing in memory, and are heard", () =>
    Effect.gen(function* () {
      const [quiet, stormy] = [yield* products(false), yield* products(true)]
      assert.deepStrictEqual([quiet.code, stormy.code], [0, 0])
      const [expected, found] = [JSON.parse(quiet.output), JSON.parse(stormy.output)]
      assert.strictEqual(found.sum, expected.sum)
      assert.strictEqual(expected.heard, 0)
      assert.isAbove(found.heard, 0)
    })
  )
})
