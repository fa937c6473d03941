import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"

it("the README's program prints what it says", async () => {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const [, program = ""] = /```ts\n(.*?)```/s.exec(text) ?? []
  const expected = Array.from(program.matchAll(/^\/\/ =>(?: (.*))?$/gm), ([, line = ""]) => line)
  const flags = ["--conditions=@etude/source", "--input-type=module-typescript", "--eval", program]
  const { stdout } = await promisify(execFile)(process.execPath, flags, {
    cwd: fileURLToPath(new URL("..", import.meta.url))
  })
  assert.deepStrictEqual(stdout.trimEnd().split("\n"), expected)
})
