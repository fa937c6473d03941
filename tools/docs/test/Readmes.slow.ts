/** Programs in documents print what the documents say, on the line `// => …`. Packages that test their own are left out. */
import { execFile } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import { publicPackages, root } from "../src/Places.ts"

const guides = path.join(root, "docs", "guides")
const documents = [
  ...publicPackages()
    .filter(({ directory }) => !existsSync(path.join(directory, "test", "README.test.ts")))
    .map(({ directory }) => path.join(directory, "README.md")),
  ...readdirSync(guides).map((name) => path.join(guides, name))
]

/** Programs that say what they print; a fence of another language than `ts` is none. */
const programsOf = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/```ts\n(.*?)```/gs), ([, program]) => program!).filter((one) => /^\/\/ => /m.test(one))

const printed = async (program: string): Promise<ReadonlyArray<string>> => {
  const flags = ["--conditions=@etude/source", "--input-type=module-typescript", "--eval", program]
  const { stdout } = await promisify(execFile)(process.execPath, flags, {
    cwd: path.join(import.meta.dirname, ".."),
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" }
  })
  return stdout.trimEnd().split("\n")
}

const programs = documents.flatMap((file) =>
  programsOf(readFileSync(file, "utf8")).map((program, at) => [path.relative(root, file), at + 1, program] as const)
)

describe("programs in documents", () => {
  it.each(programs)("%s: program %i prints what it says", async (_file, _at, program) => {
    const expected = Array.from(program.matchAll(/^\/\/ => (.*)$/gm), ([, line]) => line!)
    assert.deepStrictEqual(await printed(program), expected)
  })
})
