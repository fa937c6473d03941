/** What a new user does: a clone, an empty home folder, `npm start`. Needs the registry of npm packages in reach. */
import { execFileSync, spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as Config from "@etude/core/Config"
import * as Event from "@etude/core/Event"
import * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { RunConfig } from "../src/RunConfig.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const minutes = 60_000
const state = { folder: "", clone: "", home: "" }

/** Where npm finds its registry, if the machine's owner has set that in a file of the home folder that is left behind. */
const userconfig = path.join(homedir(), ".npmrc")

/** The environment of a new user on this machine: no home, no caches, no Node but the machine's. */
const environment = (more: { readonly [name: string]: string }): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|ETUDE_|TURBO|VITEST|NODE_ENV|XDG_|PNPM_|INIT_CWD|CI$|TEST$|DEV$|PROD$|MODE$)/.test(name)
  )
  const here = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => !folder.includes("node_modules"))
  return {
    ...Object.fromEntries(kept),
    PATH: here.join(path.delimiter),
    HOME: state.home,
    ...(existsSync(userconfig) ? { npm_config_userconfig: userconfig } : {}),
    ...more
  }
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const npm = (
  args: ReadonlyArray<string>,
  env: { readonly [name: string]: string } = {},
  interruptAt?: RegExp
): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const child = spawn("npm", args, {
      cwd: state.clone,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true
    })
    let [stdout, stderr, interrupted] = ["", "", false]
    const heard = () => {
      if (interruptAt === undefined || interrupted || !interruptAt.test(stdout + stderr)) return
      interrupted = true
      // As a terminal does: to the whole group.
      process.kill(-child.pid!, "SIGINT")
    }
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text
      heard()
    })
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text
      heard()
    })
    // npm ends itself with the signal that it was sent, which a shell reports as 128 and its number.
    child.on("close", (code, signal) =>
      resume(Effect.succeed({ code: signal === "SIGINT" ? 130 : code, stdout, stderr }))
    )
    return Effect.sync(() => {
      try {
        process.kill(-child.pid!, "SIGKILL")
      } catch {
        // It has ended.
      }
    })
  })

const runs = (): ReadonlyArray<string> => {
  const folder = path.join(state.clone, "runs")
  return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []
}

const settingUp = /Installing the packages|Building the packages|Setting up the native library/

beforeAll(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "etude-clone-"))
  state.clone = path.join(state.folder, "etude")
  state.home = path.join(state.folder, "home")
  mkdirSync(state.home)
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", root, state.clone])
})

// Removing a clone with its packages takes a while on a slow disk.
afterAll(() => rmSync(state.folder, { recursive: true, force: true }), 300_000)

describe("a fresh clone", () => {
  it.live(
    "interrupted while it is set up ends, and can be started again",
    () =>
      Effect.gen(function* () {
        const ended = yield* npm(["start"], { ETUDE_BACKEND: "wasm" }, /Installing the packages/)
        assert.strictEqual(ended.code, 130)
        assert.deepStrictEqual(runs(), [])
      }),
    5 * minutes
  )

  it.live(
    "npm start sets it up and trains; the run folder's files fit their schemas",
    () =>
      Effect.gen(function* () {
        const ended = yield* npm(["start", "--", "--fast-dev-run"], { ETUDE_BACKEND: "wasm" })
        assert.strictEqual(ended.code, 0, ended.stdout + ended.stderr)
        assert.match(ended.stderr, /Installing the packages[\s\S]*Set up in/)
        assert.notMatch(ended.stderr, /native library|Building the packages/)
        const installed = (name: string) => existsSync(path.join(state.clone, "node_modules", name))
        assert.deepStrictEqual(["effect", "typescript", "vitest"].map(installed), [true, false, false])
        const [run, ...more] = runs()
        assert.deepStrictEqual(more, [])
        assert.include(ended.stdout, path.basename(run!))
        assert.include(ended.stdout, "accuracy")
        assert.match(ended.stdout, /Backend {2}wasm .*plan-1/)
        const text = (name: string) => readFileSync(path.join(run!, name), "utf8")
        const config = yield* Config.decode(RunConfig, JSON.parse(text("config.json")), "config.json")
        assert.strictEqual(config.use, "@etude/lenet-5")
        const lines = text("events.jsonl").trim().split("\n")
        const tags = lines.map((line) => Event.decode(JSON.parse(line) as Schema.Json)._tag)
        assert.notInclude(tags, "Unknown")
        assert.strictEqual(tags.at(-1), "Tested")
        const report = yield* Report.decode(text("report.json"))
        assert.strictEqual(report.status, "ended")
        assert.strictEqual(report.test?.samples, 10_000)
        const model = Safetensors.decode(readFileSync(path.join(run!, "model.safetensors")), "model.safetensors")
        assert.isTrue(Result.isSuccess(model))
        assert.strictEqual(execFileSync("git", ["status", "--short"], { cwd: state.clone, encoding: "utf8" }), "")
      }),
    10 * minutes
  )

  it.live(
    "a second npm start does no set-up again, and interrupted it ends with 130",
    () =>
      Effect.gen(function* () {
        const ended = yield* npm(
          ["start", "--", "--set", "train.logEverySteps=1"],
          { ETUDE_BACKEND: "wasm" },
          /batch +50\//
        )
        assert.notMatch(ended.stderr, settingUp)
        assert.strictEqual(ended.code, 130, ended.stdout + ended.stderr)
        assert.include(ended.stderr, "Interrupted after")
        const reports = yield* Effect.forEach(runs(), (run) =>
          Report.decode(readFileSync(path.join(run, "report.json"), "utf8"))
        )
        assert.deepStrictEqual(reports.map(({ status }) => status).sort(), ["ended", "interrupted"])
      }),
    5 * minutes
  )

  it.live(
    "npm run -s etude prints nothing but what the command prints",
    () =>
      Effect.gen(function* () {
        const ended = yield* npm([
          "run",
          "-s",
          "etude",
          "--",
          "config",
          "check",
          "papers/lenet-5/config.yaml",
          "--json"
        ])
        assert.strictEqual(ended.code, 0, ended.stderr)
        assert.strictEqual(JSON.parse(ended.stdout).use, "@etude/lenet-5")
      }),
    2 * minutes
  )

  it.live(
    "without a wish for a backend it needs npm packages only; TensorFlow's library is set up where it is requested",
    () =>
      Effect.gen(function* () {
        const reportOf = ({ stdout }: Ended) => JSON.parse(stdout.slice(stdout.indexOf("{")))
        const ended = yield* npm(["start", "--", "--fast-dev-run", "--json"])
        assert.strictEqual(ended.code, 0, ended.stderr)
        assert.notInclude(ended.stderr, "native library")
        assert.strictEqual(reportOf(ended).backend.name, "wasm")
        assert.match(reportOf(ended).executor, /^plan-1 /)
        const requested = yield* npm(["start", "--", "--fast-dev-run", "--json"], { ETUDE_BACKEND: "native" })
        assert.match(requested.stderr, /Installing the packages[\s\S]*Setting up the native library/)
        if (requested.code !== 0) return assert.include(requested.stderr, "Going on without the native library")
        assert.strictEqual(reportOf(requested).backend.name, "native")
        const again = yield* npm(["start", "--", "--fast-dev-run"])
        assert.strictEqual(again.code, 0, again.stderr)
        assert.notMatch(again.stderr, settingUp)
      }),
    15 * minutes
  )
})
