/**
 * A turn for others: fibers, timers, messages, signals. Browsers have no `setImmediate`, so that Effect yields by timers there,
 * and a timer that was set by a timer waits for 4 ms: half as long as the loop ran before. A message to oneself doesn't wait.
 */
import * as Effect from "effect/Effect"

/** For engines without `setImmediate`. */
export const byMessage: Effect.Effect<void> = Effect.callback((resume) => {
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener("message", () => {
    port1.close()
    resume(Effect.void)
  })
  port1.start()
  port2.postMessage(undefined)
})

export const turn: Effect.Effect<void> = "setImmediate" in globalThis ? Effect.yieldNow : byMessage
