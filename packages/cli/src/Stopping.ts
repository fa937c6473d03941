/**
 * How a process is asked to stop, and what it means. Ctrl-C is a person's: the run ends after its step, and the exit code says that it
 * was interrupted. SIGTERM is a scheduler's, which gives the run to somebody else: commands that can give a run back say so, and
 * then the exit code says that the state is saved. So do SLURM's signals before a time limit (`--signal=USR1@120`, or USR2), and the
 * end of the channel to a parent that has died.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ExitCode } from "./ExitCode.ts"

export class Stopping extends Context.Service<
  Stopping,
  {
    /** From here on, being asked to stop by anything but Ctrl-C means that the run is given back. */
    readonly givesBack: Effect.Effect<void>
  }
>()("@etude/cli/Stopping") {}

/** For programs around the command that don't give runs back: nothing listens, and a signal interrupts as it does anyway. */
export const none: Layer.Layer<Stopping> = Layer.succeed(Stopping, { givesBack: Effect.void })

/** A process whose parent never opened a channel, or still has it open, is not orphaned. */
const isOrphaned = (): boolean => "connected" in process && !process.connected

/** The signals by which SLURM warns, as its users choose them. SIGUSR1 would otherwise start Node's debugger. */
const warnings = process.platform === "win32" ? [] : (["SIGUSR1", "SIGUSR2"] as const)

/** Watches the signals of this process. Before the main fiber runs, which SIGTERM interrupts. */
export const watch = () => {
  let first: "SIGINT" | "SIGTERM" | undefined
  let [givesBack, orphaned] = [false, false]
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => (first ??= signal))
  const stop = () => void process.emit("SIGTERM", "SIGTERM")
  const disconnected = () => {
    orphaned = true
    stop()
  }
  const begin = () => {
    if (givesBack) return
    givesBack = true
    for (const signal of warnings) process.on(signal, stop)
    if (isOrphaned()) return disconnected()
    process.on("disconnect", disconnected)
    // A listener must not keep a process that has nothing else to do.
    process.channel?.unref()
  }
  return {
    service: Stopping.of({ givesBack: Effect.sync(begin) }),
    /** Whether the parent is gone, and with it who reads the output. */
    isOrphaned: (): boolean => orphaned,
    /** The exit code of a process that was interrupted. */
    code: (): ExitCode => (givesBack && first !== "SIGINT" ? 75 : 130)
  }
}
