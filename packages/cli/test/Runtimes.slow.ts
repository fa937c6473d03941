/** Etude under Bun and Deno, which npm brings where its registry is in reach. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { fixtures } from "./support/etude.ts"

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), "etude-runtimes-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Installs a runtime's npm package; gives its program, or nothing where it cannot be had. */
const installed = (name: string, version: string): string | undefined => {
  const prefix = path.join(folder, name)
  // Their install scripts put the binary in its place.
  spawnSync("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--foreground-scripts",
    "--prefix",
    prefix,
    `${name}@${version}`
  ])
  const program = path.join(prefix, "node_modules", ".bin", name)
  return existsSync(program) && spawnSync(program, ["--version"]).status === 0 ? program : undefined
}

const runtimes = {
  bun: { version: "1.4.5", args: ["--conditions=@etude/source"] },
  deno: { version: "2.9.6", args: ["run", "-A", "--conditions=@etude/source", "--unstable-sloppy-imports"] }
} as const

for (const [name, { version, args }] of Object.entries(runtimes)) {
  describe(name, () => {
    it("trains, and gives the bytes that Node gives", ({ skip }) => {
      const program = installed(name, version)
      if (program === undefined) return skip(`${name} cannot be installed here`)
      const run = (runtime: string, runtimeArgs: ReadonlyArray<string>, runs: string) => {
        const command = [...runtimeArgs, bin, "train", path.join(fixtures, "line.yaml"), "--runs", runs]
        const ended = spawnSync(runtime, command, { cwd: fixtures, encoding: "utf8" })
        assert.strictEqual(ended.status, 0, ended.stderr)
        return readFileSync(path.join(runs, readdirSync(runs)[0]!, "model.safetensors"))
      }
      const there = run(program, args, path.join(folder, `${name}-runs`))
      const here = run(process.execPath, ["--conditions=@etude/source"], path.join(folder, `${name}-node-runs`))
      assert.isTrue(there.equals(here), "the model's bytes differ")
    })
    it("chooses a backend that runs there", ({ skip }) => {
      const program = path.join(folder, name, "node_modules", ".bin", name)
      if (!existsSync(program)) return skip(`${name} cannot be installed here`)
      const script = path.join(fixtures, "..", `backend-${name}-${process.pid}.ts`)
      writeFileSync(
        script,
        `import { Auto } from "@etude/backend"
         import { Backend } from "@etude/core"
         import * as Effect from "effect/Effect"
         console.log(await Effect.runPromise(Effect.provide(Effect.map(Backend.Backend, ({ name }) => name), Auto.layer)))`
      )
      try {
        const { ETUDE_BACKEND: _, ...env } = process.env
        const { stdout, stderr } = spawnSync(program, [...args, script], { encoding: "utf8", env })
        assert.match(stdout.trim(), /^(native|wasm)$/, stderr)
      } finally {
        rmSync(script)
      }
    })
  })
}
