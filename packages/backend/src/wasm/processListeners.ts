/**
 * In Node, the start of tfjs-backend-wasm makes every uncaught exception and unhandled rejection of the process its own
 * business: its listeners throw them again, which changes exit codes and precedes the program's own handlers.
 */
import * as Effect from "effect/Effect"

type Listener = (...args: Array<never>) => void

/** The part of Node's `process` that is needed; absent in browsers. */
interface Process {
  readonly listeners: (event: string) => ReadonlyArray<Listener>
  readonly removeListener: (event: string, listener: Listener) => void
}

const events = ["uncaughtException", "unhandledRejection"]

/** Runs an effect and removes the process-wide error listeners that appeared meanwhile and come from Emscripten. */
export const withoutNewListeners = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const process: Process | undefined = Reflect.get(globalThis as object, "process")
    if (typeof process?.listeners !== "function") return self
    const before = events.map((event) => ({ event, known: new Set(process.listeners(event)) }))
    const remove = Effect.sync(() => {
      for (const { event, known } of before) {
        for (const listener of process.listeners(event)) {
          const emscripten = /instanceof ExitStatus|throw reason/.test(listener.toString())
          if (!known.has(listener) && emscripten) process.removeListener(event, listener)
        }
      }
    })
    return Effect.ensuring(self, remove)
  })
