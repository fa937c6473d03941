/** Runs programs of the machine to their end or a time limit, in the background or blocking. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"

export interface Command {
  readonly program: string
  readonly arguments: ReadonlyArray<string>
}

export type Outcome =
  /** `exitCode` is -1 when a signal ended it; `output` is the beginning of both streams together. */
  | { readonly _tag: "Ended"; readonly exitCode: number; readonly output: string }
  /** There is no such program, or it may not be run. */
  | { readonly _tag: "Missing"; readonly reason: string }
  /** It exceeded its time limit, and was killed with all processes that it had started. */
  | { readonly _tag: "Hung"; readonly seconds: number }

/** Runs a command with a time limit in seconds. */
export type Run = (command: Command, seconds: number) => Effect.Effect<Outcome>

const kept = 256 * 1024

const missing = (cause: NodeJS.ErrnoException): Outcome => ({
  _tag: "Missing",
  reason: cause.code === "ENOENT" ? "there is no such program on the PATH" : cause.message
})

/** Compilers have children of their own, so the whole group is killed. */
const kill = (child: ChildProcess): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  } catch {
    child.kill("SIGKILL")
  }
}

/** Does not block; interruption kills the program. */
export const inBackground: Run = (command, seconds) =>
  Effect.callback((resume) => {
    const child = spawn(command.program, command.arguments, { stdio: ["ignore", "pipe", "pipe"], detached: true })
    const limit = setTimeout(() => {
      kill(child)
      resume(Effect.succeed({ _tag: "Hung", seconds }))
    }, seconds * 1000)
    const finish = (outcome: Outcome) => {
      clearTimeout(limit)
      resume(Effect.succeed(outcome))
    }
    let output = ""
    const collect = (chunk: Buffer) => {
      if (output.length < kept) output += chunk.toString("utf8")
    }
    child.stdout.on("data", collect)
    child.stderr.on("data", collect)
    child.once("error", (cause) => finish(missing(cause)))
    child.once("close", (code) => finish({ _tag: "Ended", exitCode: code ?? -1, output }))
    return Effect.sync(() => {
      clearTimeout(limit)
      kill(child)
    })
  })

/** Blocks until the program has ended. */
export const blocking: Run = (command, seconds) =>
  Effect.sync(() => {
    const { error, status, stdout, stderr } = spawnSync(command.program, command.arguments, {
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
      timeout: seconds * 1000,
      killSignal: "SIGKILL",
      maxBuffer: 16 * 1024 * 1024
    })
    const cause: NodeJS.ErrnoException | undefined = error
    if (cause?.code === "ETIMEDOUT") return { _tag: "Hung", seconds }
    if (cause !== undefined) return missing(cause)
    return { _tag: "Ended", exitCode: status ?? -1, output: stdout + stderr }
  })
