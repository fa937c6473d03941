/**
 * Training processes whose steps run as Etude's own code on several threads, killed by SIGKILL at random moments and resumed
 * on another number of threads, as WebAssembly or natively: bit for bit the run on one thread that was never killed.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { assert, it } from "@effect/vitest"
import { Rng } from "@etude/core"

const kills = 8
const steps = 800
const script = path.join(import.meta.dirname, "support", "killed.ts")

interface Attempt {
  readonly killed: boolean
  /** What it printed, line by line. */
  readonly lines: ReadonlyArray<string>
  readonly errors: string
}

/** One process; killed so many milliseconds after it began to train, unless it ends before. */
const attempt = (folder: string, threads: number, code: string, killAfter?: number): Promise<Attempt> =>
  new Promise((resolve, reject) => {
    const options = ["--conditions=@etude/source", script, folder, String(steps), String(threads), code]
    const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "pipe"] })
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
      resolve({ killed: signal === "SIGKILL", lines: output.trim().split("\n"), errors })
    )
  })

it(`${kills} kills while threads run change no bit`, { timeout: 600_000 }, async () => {
  const root = mkdtempSync(path.join(tmpdir(), "etude-kills-"))
  try {
    const whole = await attempt(path.join(root, "whole"), 1, "WebAssembly")
    const digest = whole.lines.at(-1)!
    assert.match(digest, /^[0-9a-f]{64}$/, whole.errors)
    const stream = Rng.named(Rng.key(1), "kills")
    let [done, runs, resumed, draws] = [0, 0, 0, 0]
    for (; done < kills; runs++) {
      for (let at = 0; ; at++) {
        const killAfter = 100 + 1100 * Rng.uniform(stream, draws++)
        const [threads, code] = [1 + ((runs + at) % 3), at % 2 === 0 ? "native" : "WebAssembly"]
        const one = await attempt(path.join(root, `killed-${runs}`), threads, code, killAfter)
        if (one.lines[0] !== "begin anew") resumed++
        if (one.killed) done++
        else {
          assert.strictEqual(one.lines.at(-1), digest, `run ${runs}, ${one.errors}`)
          break
        }
      }
    }
    assert.isAbove(resumed, 0)
    console.log(`${done} kills in ${runs} runs, ${resumed} of the attempts resumed`)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
