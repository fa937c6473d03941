/** The command as a process of its own: the built one under turbo, which has just built it; its sources elsewhere. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const here = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export const fixtures = here("../fixtures")
export const line = path.join(fixtures, "line.yaml")

export const command =
  process.env["TURBO_HASH"] === undefined
    ? ["--conditions=@etude/source", here("../../src/bin.ts")]
    : [here("../../dist/bin.js")]

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A process of the command: what it has printed so far, and how it ends. */
export interface Running {
  readonly child: ChildProcess
  readonly printed: () => string
  /** Waits until it has printed that, or has ended. */
  readonly until: (pattern: RegExp) => Effect.Effect<void>
  readonly ended: Effect.Effect<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Starts Node with these arguments, and a channel to this process where it is `forked`. Killed with the scope. */
export const startNode = (args: ReadonlyArray<string>, forked = false): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const stdio: Array<"ignore" | "pipe" | "ipc"> = ["ignore", "pipe", "pipe", ...(forked ? (["ipc"] as const) : [])]
      const child = spawn(process.execPath, args, { cwd: fixtures, stdio })
      let printed = ""
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          printed += text
          child.emit("printed")
        })
      }
      const ends = [child.stdout, child.stderr].map(
        (stream) => new Promise<void>((resolve) => void stream?.on("close", () => resolve()))
      )
      // No event `close` comes where this side has ended the channel.
      const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
        child.on("exit", (code, signal) => void Promise.all(ends).then(() => resolve({ code, signal })))
      })
      const until = (pattern: RegExp) =>
        Effect.callback<void>((resume) => {
          const look = () => pattern.test(printed) && resume(Effect.void)
          child.on("printed", look).on("exit", () => resume(Effect.void))
          look()
        })
      return { child, printed: () => printed, until, ended: Effect.promise(() => exit) }
    }),
    ({ child }) => Effect.sync(() => void child.kill("SIGKILL"))
  )

/** Starts `etude` in a process of its own. */
export const start = (args: ReadonlyArray<string>, forked = false): Effect.Effect<Running, never, Scope.Scope> =>
  startNode([...command, ...args], forked)

export interface Options {
  readonly cwd?: string
  readonly env?: { readonly [name: string]: string }
  /** Called after the start and with everything that is printed; may send a signal. */
  readonly watch?: (send: (signal: NodeJS.Signals) => void, printed: string) => void
}

/** Runs `etude` to its end. */
export const etude = (args: ReadonlyArray<string>, { cwd, env, watch }: Options = {}): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const { ETUDE_BACKEND: _, ...inherited } = process.env
    const child = spawn(process.execPath, [...command, ...args], {
      cwd: cwd ?? fixtures,
      env: { ...inherited, ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let [stdout, stderr] = ["", ""]
    const look = () => watch?.((signal) => void child.kill(signal), stdout + stderr)
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text
      look()
    })
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text
      look()
    })
    child.on("spawn", look)
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

/** A folder of its own for as long as the scope lives. */
export const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "etude-cli-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)
