/** A process that answers in messages: of Node, or of Python, which is told the channel in the same way. */
import { type ChildProcess, fork } from "node:child_process"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface Program {
  readonly file: string
  readonly argument: unknown
  /** Default: this process's Node. */
  readonly interpreter?: string
  readonly flags: ReadonlyArray<string>
  readonly env?: { readonly [name: string]: string | undefined }
}

/** Node's flags for programs of this repository: those of this process, which say whether sources or built packages run. */
export const flags: ReadonlyArray<string> = process.execArgv

/** The process ended, could not be started, or is silent for too long. */
export class ChildLost extends Data.TaggedError("ChildLost")<{ readonly message: string }> {}

export interface Child<Request, Answer> {
  /** When it was started, in milliseconds since 1970. */
  readonly startedAt: number
  /** The first message, of itself. */
  readonly first: Effect.Effect<Answer, ChildLost>
  readonly ask: (request: Request) => Effect.Effect<Answer, ChildLost>
}

/** Longer than any answer takes: torch.compile needs a minute or two for a large network. */
const patience = "10 minutes"

/** The end of what a process has to say about its failure. */
const lastLines = (text: string): string => text.trim().split("\n").slice(-4).join("\n")

/** Starts a program, which ends with the scope. */
export const open = <Request extends object, Answer>(
  program: Program
): Effect.Effect<Child<Request, Answer>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { file, argument, interpreter, flags, env } = program
    const startedAt = Date.now()
    let complaints = ""
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const started = fork(file, [JSON.stringify(argument)], {
          execArgv: [...flags],
          ...(interpreter === undefined ? {} : { execPath: interpreter }),
          env: { ...process.env, ...env },
          stdio: ["ignore", "ignore", "pipe", "ipc"]
        })
        started.stderr!.setEncoding("utf8").on("data", (part: string) => {
          complaints = `${complaints}${part}`.slice(-4000)
        })
        return started
      }),
      (running) =>
        Effect.sync(() => {
          // Lightning would catch a politer signal and go on waiting.
          running.kill("SIGKILL")
          // Processes that torch.compile started may hold its other end for a while.
          running.stderr!.destroy()
        })
    )
    const answer = waitFor<Answer>(child, () => lastLines(complaints))
    return {
      startedAt,
      first: answer(() => {}),
      ask: (request) => answer(() => child.send(request))
    }
  })

const waitFor =
  <Answer>(child: ChildProcess, complaints: () => string) =>
  (begin: () => void): Effect.Effect<Answer, ChildLost> =>
    Effect.callback<Answer, ChildLost>((resume) => {
      const onMessage = (message: Answer) => settle(Effect.succeed(message))
      const onError = ({ message }: Error) => settle(Effect.fail(new ChildLost({ message })))
      // Not "exit": what the process wrote last is read by then.
      const onClose = (code: number | null, signal: string | null) => {
        const how = signal === null ? `with exit code ${code}` : `by ${signal}`
        settle(Effect.fail(new ChildLost({ message: `its process ended ${how}: ${complaints()}` })))
      }
      const settle = (result: Effect.Effect<Answer, ChildLost>) => {
        child.off("message", onMessage).off("error", onError).off("close", onClose)
        resume(result)
      }
      child.on("message", onMessage).on("error", onError).on("close", onClose)
      if (child.exitCode !== null || child.signalCode !== null) onClose(child.exitCode, child.signalCode)
      else begin()
    }).pipe(
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => Effect.fail(new ChildLost({ message: `it gave no answer within ${patience}` }))
      })
    )
