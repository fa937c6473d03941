/** The machine's platform, environment variables and programs. Tests provide another one. */

import { type ChildProcess, spawn } from "node:child_process"
import { homedir } from "node:os"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A program to run. */
export interface Command {
  readonly program: string
  readonly arguments: ReadonlyArray<string>
  /** Added to the machine's own variables. */
  readonly env?: Readonly<Record<string, string>>
  readonly directory?: string
}

export interface CommandResult {
  /** The exit code; -1 when a signal ended the program. */
  readonly exitCode: number
  /** The end of standard output and standard error together, at most 64 KiB. */
  readonly output: string
}

/** The program is not on this machine, or may not be run. */
export class CommandMissing extends Schema.TaggedError<CommandMissing>()("CommandMissing", {
  program: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.program} cannot be run: ${this.reason}.`
  }
}

export interface Machine {
  readonly platform: string
  readonly arch: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Version of the C library where it is glibc; `undefined` elsewhere. */
  readonly glibc: () => string | undefined
  /** Runs a program to its end. Interruption kills it together with the programs that it started. */
  readonly run: (command: Command) => Effect.Effect<CommandResult, CommandMissing>
}

const maximum = 64 * 1024

const kill = (child: ChildProcess): void => {
  try {
    // A negative id means the group: pip and node-pre-gyp start children.
    if (process.platform !== "win32" && child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
    else child.kill("SIGKILL")
  } catch {
    child.kill("SIGKILL")
  }
}

const run = (command: Command): Effect.Effect<CommandResult, CommandMissing> =>
  Effect.callback((resume) => {
    const child = spawn(command.program, command.arguments, {
      cwd: command.directory,
      env: { ...process.env, ...command.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true
    })
    let output = ""
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-maximum)
    }
    child.stdout.on("data", collect)
    child.stderr.on("data", collect)
    child.once("error", (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === "ENOENT" ? "there is no such program on the PATH" : cause.message
      resume(Effect.fail(new CommandMissing({ program: command.program, reason })))
    })
    child.once("close", (code) => resume(Effect.succeed({ exitCode: code ?? -1, output })))
    return Effect.callback<void>((done) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return done(Effect.void)
      child.once("close", () => done(Effect.void))
      kill(child)
    })
  })

const glibc = (): string | undefined => {
  if (process.platform !== "linux") return undefined
  // Else it looks up the names of all open connections, which takes seconds.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime
}

/** The machine that this process runs on, unless another one is provided. */
export const Machine = Context.Reference<Machine>("@etude/backend/Machine", {
  defaultValue: () => ({
    platform: process.platform,
    arch: process.arch,
    env: process.env,
    home: homedir(),
    glibc,
    run
  })
})
