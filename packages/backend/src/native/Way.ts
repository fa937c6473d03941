/**
 * A way of getting the native library. Ways are tried in order; each fills an empty folder or gives the reason why it
 * could not.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Hears what is being done, and how far it is (0 to 1) where that is known. Called at least once a second or so. */
export type OnProgress = (message: string, fraction?: number) => void

/** Why a way did not lead to a library. */
export class WayFailed extends Schema.TaggedError<WayFailed>()("WayFailed", {
  reason: Schema.String
}) {
  override get message() {
    return this.reason
  }
}

/** The folders in which a way works. */
export interface Workspace {
  /** Empty; what it holds at the end is the install. */
  readonly directory: string
  /** Empty; removed afterwards. On the same disk as `directory`. */
  readonly scratch: string
  readonly onProgress: OnProgress
}

export interface Way {
  readonly name: string
  /** Name of the install's folder: another one whenever anything that goes into the library is another. */
  readonly key: string
  /** Gives the path of the file that Node loads, relative to the directory, with forward slashes. */
  readonly build: (workspace: Workspace) => Effect.Effect<string, WayFailed>
}

/** Calls `tick` every second while `self` runs, with the seconds gone by. */
export const ticking = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  tick: (seconds: number) => void
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    let seconds = 0
    const next = Effect.sync(() => tick(++seconds)).pipe(Effect.delay("1 second"))
    return Effect.raceFirst(self, Effect.forever(next))
  })

/** The lines of a program's output that say what went wrong, in at most 600 characters. */
export const gist = (output: string): string => {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
  const named = lines.filter((line) => /\berror: |^\w*Error: /i.test(line))
  const telling = lines.filter((line) => /failed|cannot|could not|no such/i.test(line))
  const chosen = ([named, telling, lines].find((some) => some.length > 0) ?? []).slice(0, 4).join(" ")
  return chosen.length > 600 ? `${chosen.slice(0, 600)}…` : chosen
}

/** Runs a step of Node's own; what it throws is why the way failed. */
export const step = <A>(doing: string, f: (signal: AbortSignal) => A | Promise<A>): Effect.Effect<A, WayFailed> =>
  Effect.tryPromise({
    try: async (signal) => f(signal),
    catch: (cause) =>
      new WayFailed({ reason: `${doing} failed: ${cause instanceof Error ? cause.message : String(cause)}` })
  })
