/** Waiting for a database that restarts or is busy, and saying so where it doesn't come back. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { PersistedQueueError } from "effect/persistence/PersistedQueue"
import * as Schedule from "effect/Schedule"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { DatabaseFailed } from "../Errors.ts"

/** How long a database may be away. */
const patience = Duration.minutes(10)

const again = Schedule.min([Schedule.exponential("50 millis", 1.5), Schedule.spaced("2 seconds")]).pipe(
  Schedule.upTo({ duration: patience })
)

/** What was in an error's `cause`, and in the cause of that. */
const causes = function* (error: unknown): Generator<unknown> {
  for (let cause = error; cause !== undefined && cause !== null; ) {
    yield cause
    cause = Predicate.hasProperty(cause, "cause") ? cause.cause : undefined
  }
}

/** SQLSTATE 57P…: the server shuts down or starts; 53300: too many connections. */
const passingState = /^(57P0\d|53300|08\w{3})$/

const isPassing = (error: SqlError | PersistedQueueError): boolean =>
  [...causes(error)].some(
    (cause) =>
      (isSqlError(cause) && cause.isRetryable) ||
      (Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && passingState.test(cause.code))
  )

const isOfDatabase = (error: unknown): error is SqlError | PersistedQueueError =>
  isSqlError(error) || Predicate.isTagged(error, "PersistedQueueError")

const reasonOf = (error: SqlError | PersistedQueueError): string => {
  const first = [...causes(error)].find(isSqlError)
  return first?.message ?? error.message
}

/** Says once that it waits. */
const announced = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  let isKnown = false
  return Effect.tapError(effect, (error) => {
    if (isKnown || !isOfDatabase(error) || !isPassing(error)) return Effect.void
    isKnown = true
    return Effect.logWarning(`The study's database is away (${reasonOf(error)}); waiting for it.`)
  })
}

/**
 * Runs a transaction or a statement again while the database is away, and fails with `DatabaseFailed` where it stays so or refuses.
 * An answer may be lost after its commit: what is given here must do no harm when it is done twice.
 */
export const patiently = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, SqlError | PersistedQueueError> | DatabaseFailed, R> =>
  Effect.suspend(() =>
    Effect.retry(announced(effect), { while: (error) => isOfDatabase(error) && isPassing(error), schedule: again })
  ).pipe(
    Effect.mapError((error) =>
      isOfDatabase(error)
        ? new DatabaseFailed({ reason: reasonOf(error), cause: error })
        : (error as Exclude<E, SqlError | PersistedQueueError>)
    )
  )
