/** A worker process from the outside: it is started, asked for rounds, and let go with its scope. */
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Child from "./Child.ts"
import type { Answer, Job, Request, Round } from "./Protocol.ts"

/** The backend cannot be used on this machine. */
export class Unavailable extends Data.TaggedError("Unavailable")<{ readonly message: string }> {}

/** A competitor failed or its process ended. */
export class CompetitorFailed extends Data.TaggedError("CompetitorFailed")<{
  readonly job: Job
  readonly message: string
}> {}

export interface Process {
  readonly job: Job
  /** What the worker runs on, in words. */
  readonly backend: string
  /** One round of the worker's run number `run`, 0 when absent. */
  readonly round: (run?: number) => Effect.Effect<Round, Unavailable | CompetitorFailed>
}

const file = fileURLToPath(new URL("worker.ts", import.meta.url))

const refuse = (job: Job, given: Answer) =>
  Effect.fail(
    given._tag === "Unavailable"
      ? new Unavailable({ message: given.message })
      : new CompetitorFailed({ job, message: "message" in given ? given.message : given._tag })
  )

/** Starts a worker and waits until it is ready; `collect` makes it collect garbage before it reads its memory. */
export const start = (
  job: Job,
  { collect = false } = {}
): Effect.Effect<Process, Unavailable | CompetitorFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const lost = Effect.mapError(({ message }: Child.ChildLost) => new CompetitorFailed({ job, message }))
    const flags = collect ? [...Child.flags, "--expose-gc"] : Child.flags
    const child = yield* Child.open<Request, Answer>({ file, argument: job, flags })
    const ready = yield* lost(child.first)
    if (ready._tag !== "Ready") return yield* refuse(job, ready)
    return {
      job,
      backend: ready.backend,
      round: (run = 0) =>
        Effect.gen(function* () {
          const given = yield* lost(child.ask({ run }))
          return given._tag === "Measured" ? given.round : yield* refuse(job, given)
        })
    }
  })
