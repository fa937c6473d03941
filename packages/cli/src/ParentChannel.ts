/** The channel that Node opens between a process and the parent that forked it, for the process of trials. */

import { ConfigInvalid } from "@etude/core/Errors"
import { decodeToTrial, encodeFromTrial, type ToTrial } from "@etude/study/TrialProtocol"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import type { Channel } from "./TrialProcess.ts"

const source = "etude trial-process"

const noParent = () =>
  new ConfigInvalid({
    source,
    problems: [{ path: "the parent", message: "is no worker: `etude worker` and `etude study run` start this command" }]
  })

/** The channel to the parent, as long as the scope lives. Fails in a process that nobody forked. */
export const open = Effect.gen(function* () {
  if (process.send === undefined) return yield* noParent()
  const inbox = yield* Queue.unbounded<ToTrial, ConfigInvalid>()
  const hear = (message: unknown) => {
    const decoded = decodeToTrial(message)
    if (Result.isSuccess(decoded)) return void Queue.offerUnsafe(inbox, decoded.success)
    const problems = [{ path: "the worker", message: `sent what is no message: ${decoded.failure.message}` }]
    Queue.failCauseUnsafe(inbox, Cause.fail(new ConfigInvalid({ source, problems })))
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => void process.on("message", hear)),
    () => Effect.sync(() => void process.off("message", hear))
  )
  return {
    inbox,
    send: (message) =>
      Effect.sync(() => {
        // A worker that is gone hears nothing; the end of the channel says so.
        if (process.connected) process.send?.(encodeFromTrial(message), () => undefined)
      })
  } satisfies Channel
})
