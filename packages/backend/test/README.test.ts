import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { isInstalled } from "./native/Installed.ts"

// Where the library is not set up, the program would download it.
it.skipIf(!isInstalled)("the README's program prints what the README says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const program = /```ts\n(.*?)```/s.exec(readme)![1]!
  const expected = Array.from(program.matchAll(/^\/\/ => (.*)$/gm), ([, line]) => line)
  const flags = ["--conditions=@etude/source", "--input-type=module-typescript", "--eval", program]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" }
  })
  assert.strictEqual(stderr, "")
  assert.deepStrictEqual(stdout.trimEnd().split("\n"), expected)
})
