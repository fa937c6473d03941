import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { cache, unavailable } from "../support/nativeCode.ts"

const script = fileURLToPath(new URL("exits.ts", import.meta.url))

const ending = (way: string) => {
  const options = ["--conditions=@etude/source", script, way, cache]
  const { status, signal, stdout } = spawnSync(process.execPath, options, {
    encoding: "utf8",
    timeout: 50_000,
    stdio: ["ignore", "pipe", "ignore"]
  })
  return { status, signal, last: stdout.trim().split("\n").at(-1) }
}

describe.skipIf(unavailable !== undefined)("threads of native code", () => {
  const plain = unavailable === undefined ? ending("end") : undefined

  it("don't keep a process from its end", () => {
    assert.strictEqual(plain?.status, 0)
    assert.match(plain?.last ?? "", /^-?\d+$/)
  })

  for (const [way, status, signal] of [
    ["exit", 0, null],
    ["throw", 1, null],
    ["kill", null, "SIGKILL"],
    ["workers", 0, null]
  ] as const) {
    it(`end with the process: ${way}`, () => {
      assert.deepStrictEqual(ending(way), { status, signal, last: plain?.last })
    })
  }
})
