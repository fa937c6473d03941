/**
 * Real training processes, killed by SIGKILL at random moments (writes included) and resumed until they end: bit for bit
 * the run that was never killed. 50 kills; `ETUDE_KILLS=2000` for as many as one likes.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Rng } from "@etude/core"

const kills = Number(process.env["ETUDE_KILLS"] ?? 50)
const script = path.join(import.meta.dirname, "support", "training.ts")

interface Attempt {
  readonly killed: boolean
  /** What it printed last. */
  readonly digest: string
  readonly errors: string
}

/** One process; killed so many milliseconds after it began to train, unless it ends before. */
const attempt = (folder: string, steps: number, mode: string, killAfter: number | undefined): Promise<Attempt> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--conditions=@etude/source", script, folder, String(steps), mode, "cpu"], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    let [output, errors] = ["", ""]
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (output === "" && killAfter !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfter)
      output += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text
    })
    child.on("error", reject)
    child.on("close", (_code, signal) =>
      resolve({ killed: signal === "SIGKILL", digest: output.trim().split("\n").at(-1) ?? "", errors })
    )
  })

describe(`${kills} kills`, () => {
  for (const [at, mode] of ["sync", "async"].entries()) {
    it(`lose nothing that was saved, with ${mode} saving`, { timeout: 3_600_000 }, async () => {
      const root = mkdtempSync(path.join(tmpdir(), "etude-kills-"))
      try {
        // Long enough that a run is killed many times before its end.
        const steps = 100
        const whole = await attempt(path.join(root, "whole"), steps, mode, undefined)
        assert.match(whole.digest, /^[0-9a-f]{64}$/, whole.errors)
        const stream = Rng.named(Rng.key(at), "kills")
        let [done, run, draws] = [0, 0, 0]
        while (done < kills / 2) {
          run++
          const folder = path.join(root, `killed-${run}`)
          for (;;) {
            const one = await attempt(folder, steps, mode, 20 + 380 * Rng.uniform(stream, draws++))
            if (one.killed) done++
            else {
              assert.strictEqual(
                one.digest,
                whole.digest,
                `run ${run}; ${readFileSync(`${folder}.log`, "utf8")}${one.errors}`
              )
              break
            }
          }
          // What a killed process left half written is gone.
          assert.deepStrictEqual(
            readdirSync(folder).filter((name) => name.startsWith(".")),
            []
          )
        }
        console.log(`${mode}: ${done} kills in ${run} runs`)
      } finally {
        rmSync(root, { recursive: true, force: true })
      }
    })
  }
})
