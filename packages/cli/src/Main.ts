/** The `etude` command as a process: its exit code, its signals, and its error messages. */
import { createRequire } from "node:module"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { printable } from "@etude/core/Printable"
import * as Cause from "effect/Cause"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Colors from "./Colors.ts"
import { etude } from "./Commands.ts"
import * as ExitCode from "./ExitCode.ts"
import * as Help from "./Help.ts"
import * as Stopping from "./Stopping.ts"

const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string }
const [args, log] = [process.argv.slice(2), (text: string) => void process.stderr.write(`${printable(text)}\n`)]

/** `--log-level debug` shows stacks of expected errors too. */
const debugging = /--log-level[= ](debug|trace|all)\b/i.test(args.join(" "))

const tell = (cause: Cause.Cause<unknown>): void => {
  if (Cause.hasInterruptsOnly(cause)) return
  const error = Cause.squash(cause)
  if (Cause.hasDies(cause) && !Cause.hasFails(cause)) {
    log(Cause.pretty(cause))
    log("\nThis is a bug, in Etude or in the experiment; please report it with the lines above.")
  } else if ((error as { _tag?: unknown })?._tag === "ShowHelp") {
    // What is wrong has been printed.
  } else if (debugging) log(Cause.pretty(cause))
  else log(error instanceof Error && error.message !== "" ? error.message : String(error))
}

/**
 * The first Ctrl-C ends the run after its step; a later one ends the process at once. One Ctrl-C may come more than once,
 * from the terminal and from the programs above, which is why a moment has to pass.
 */
const momentMilliseconds = 1000

/** Runs the command with the arguments of this process. */
export const main = (): void => {
  const stopping = Stopping.watch()
  let firstSignal: number | undefined
  process.on("SIGINT", () => {
    const now = performance.now()
    firstSignal ??= now
    if (now - firstSignal > momentMilliseconds) process.exit(130)
  })

  // A terminal that is closed ends a run as SIGTERM does: after its step, with what was reached saved. Nothing is shown any more.
  let hungUp = false
  process.on("SIGHUP", () => {
    hungUp = true
    if (!process.emit("SIGTERM", "SIGTERM")) process.exit(129)
  })
  process.stderr.on("error", () => undefined)

  // Who reads the output may stop reading (`etude config check … | head`): that is not a failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (hungUp || stopping.isOrphaned()) return
    if (error.code === "EPIPE") process.exit(0)
    throw error
  })

  Command.runWith(etude, { version })(args).pipe(
    Effect.tapCause((cause) => Effect.sync(() => tell(cause))),
    Effect.provide([
      Help.layer({ columns: process.stdout.columns ?? 80, palette: Colors.of(process.stdout) }),
      NodeServices.layer,
      Layer.succeed(Stopping.Stopping, stopping.service),
      Logger.layer([Logger.withConsoleError(Logger.formatSimple)])
    ]),
    NodeRuntime.runMain({
      disableErrorReporting: true,
      teardown: (exit, onExit) => {
        if (Exit.isSuccess(exit)) return onExit(0)
        return onExit(Cause.hasInterruptsOnly(exit.cause) ? stopping.code() : ExitCode.of(Cause.squash(exit.cause)))
      }
    })
  )
}
