/** A worker process from the outside: it is started, asked for rounds, and let go with its scope. */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
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
/** Sources are run as they are. */
const flags = ["--conditions=@etude/source", "--disable-warning=ExperimentalWarning"]

const answer = (child: ChildProcess, job: Job) =>
  Effect.callback<Answer, CompetitorFailed>((resume) => {
    const onMessage = (message: Answer) => settle(Effect.succeed(message))
    const onExit = (code: number | null) =>
      settle(Effect.fail(new CompetitorFailed({ job, message: `its process ended with exit code ${code}` })))
    const settle = (result: Effect.Effect<Answer, CompetitorFailed>) => {
      child.off("message", onMessage).off("exit", onExit)
      resume(result)
    }
    child.on("message", onMessage).on("exit", onExit)
  })

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
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        fork(file, [JSON.stringify(job)], { execArgv: collect ? [...flags, "--expose-gc"] : flags, stdio: "inherit" })
      ),
      (process) => Effect.sync(() => process.kill())
    )
    const ready = yield* answer(child, job)
    if (ready._tag !== "Ready") return yield* refuse(job, ready)
    return {
      job,
      backend: ready.backend,
      round: (run = 0) =>
        Effect.gen(function* () {
          child.send({ run } satisfies Request)
          const given = yield* answer(child, job)
          return given._tag === "Measured" ? given.round : yield* refuse(job, given)
        })
    }
  })
