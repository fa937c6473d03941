import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
/** The programs that say what they print. */
const programs = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, program]) => program ?? "").filter((program) =>
  program.includes("\n// => ")
)

it.concurrent.each(programs)("a program of the README prints what the README says", async (program) => {
  const expected = Array.from(program.matchAll(/^\/\/ => (.*)$/gm), ([, line]) => line)
  const flags = ["--conditions=@etude/source", "--input-type=module-typescript", "--eval", program]
  const { stdout } = await promisify(execFile)(process.execPath, flags, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" }
  })
  assert.deepStrictEqual(stdout.trimEnd().split("\n"), expected)
})
