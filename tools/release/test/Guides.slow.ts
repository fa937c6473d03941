/**
 * A callback, a metric and a paper, written from the guides alone by somebody who has nothing but the published packages: in a
 * folder outside this repository, against tarballs. They compile, keep the laws, and the callback is found from a config.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { run, useTarballs } from "../src/Outside.ts"
import { packAll, pnpm, type Tarball } from "../src/Pack.ts"
import { publicPackages, root } from "../src/Workspace.ts"

const folder = mkdtempSync(path.join(tmpdir(), "etude-guides-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let tarballs: ReadonlyArray<Tarball> = []
beforeAll(async () => {
  tarballs = await packAll(publicPackages(), path.join(folder, "tarballs"))
}, 120_000)

/** What a reader copies out of a guide: blocks whose first line is a path, in a comment. */
const copy = (guide: string, directory: string): void => {
  const text = readFileSync(path.join(root, "docs", "guides", `${guide}.md`), "utf8")
  for (const [, block, file] of text.matchAll(/^```(?:ts|yaml)\n((?:\/\/|#) ([\w/.-]+\.(?:ts|yaml))\n.*?)^```/gms)) {
    const target = path.join(directory, file!)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, block!)
  }
}

const catalog = (name: string): string => {
  const line = new RegExp(`^  "?${name}"?: (.+)$`, "m").exec(
    readFileSync(path.join(root, "pnpm-workspace.yaml"), "utf8")
  )
  return line![1]!
}
const known = ["effect", "@tensorflow/tfjs-core", "@tensorflow/tfjs-layers", "@tensorflow/tfjs-backend-cpu"]
const tools = ["typescript", "vitest", "@effect/vitest", "@types/node"]

const project = async (guide: string, name: string): Promise<string> => {
  const directory = path.join(folder, guide)
  mkdirSync(directory)
  copy(guide, directory)
  const dependencies = [...known, ...tools].map((one) => [one, catalog(one)])
  const ours = tarballs.filter(({ name }) => !/compile/.test(name)).map(({ name, file }) => [name, `file:${file}`])
  writeFileSync(
    path.join(directory, "package.json"),
    JSON.stringify({
      name,
      private: true,
      type: "module",
      dependencies: Object.fromEntries([...dependencies, ...ours])
    })
  )
  writeFileSync(
    path.join(directory, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "es2023",
        module: "nodenext",
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        types: ["node"]
      },
      include: ["src", "test"]
    })
  )
  useTarballs(directory, tarballs)
  await run(directory, pnpm(), ["install", "--ignore-scripts", "--prefer-offline"])
  return directory
}

describe("written from the guides alone,", () => {
  it.each([
    ["callback", "target-reached", "TargetReached keeps the laws"],
    ["metric", "dice", "the metric dice keeps the laws"],
    ["paper", "xor", "xor keeps the laws"]
  ])(
    "a %s compiles and keeps the laws",
    async (guide, name, laws) => {
      const directory = await project(guide, name)
      await run(directory, path.join(directory, "node_modules", ".bin", "tsc"), ["-p", "."])
      const vitest = path.join(directory, "node_modules", ".bin", "vitest")
      const output = await run(directory, vitest, ["run", "--reporter=verbose"])
      assert.include(output, laws)
      assert.match(output, /Tests\s+\d+ passed/)
    },
    240_000
  )

  it("the callback ends the paper's run, asked for in its config", async () => {
    const directory = path.join(folder, "paper")
    const plugin = path.join(directory, "node_modules", "target-reached")
    mkdirSync(plugin)
    const source = readFileSync(path.join(folder, "callback", "src", "TargetReached.ts"), "utf8")
    writeFileSync(path.join(directory, "src", "TargetReached.ts"), source)
    writeFileSync(path.join(plugin, "plugin.js"), 'export { plugin } from "../../src/TargetReached.ts"\n')
    const manifest = {
      name: "target-reached",
      type: "module",
      exports: "./plugin.js",
      etude: { plugin: "." },
      peerDependencies: { "@etude/core": ">=0.0.0" }
    }
    writeFileSync(path.join(plugin, "package.json"), JSON.stringify(manifest))
    const config = readFileSync(path.join(directory, "config.yaml"), "utf8")
    const asked = "plugins:\n  - { use: target-reached, monitor: train/loss, atMost: 0.3, epochs: 2 }\nbackend: cpu\n"
    writeFileSync(path.join(directory, "own.yaml"), config.replace(/^use: .*$/m, "use: ./src/index.ts") + asked)
    const etude = path.join(directory, "node_modules", ".bin", "etude")
    const output = await run(directory, etude, ["train", "own.yaml"])
    assert.match(output, /stopped: train\/loss has been at most 0\.3 for 2 epochs/)
  }, 120_000)
})
