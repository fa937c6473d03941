/**
 * Which trial a worker takes next: a queue in the study's database, on which workers wait. An element is leased to the worker that
 * takes it, renewed while that worker lives, and free for others when the lease expires. It says when to look at a trial; what the
 * trial's row says counts.
 *
 * It stands on Effect's `PersistedQueue`, whose modules are marked unstable: nothing else in Etude imports them, and `effect` is pinned.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/** A trial's turn: each time that it has to run (at first, when it was given back, when it is promoted) it gets a new one. */
export interface Turn {
  readonly trial: number
  readonly turn: number
}
const Turn: Schema.Codec<Turn> = Schema.Struct({ trial: Schema.Natural, turn: Schema.Natural })

export class TrialQueue extends Context.Service<
  TrialQueue,
  {
    /** Puts a turn at the queue's end, in the transaction that runs, if one does. Nothing happens where it is there already. */
    readonly offer: (
      study: string,
      turn: Turn,
      options?: { readonly delay?: Duration.Input }
    ) => Effect.Effect<void, PersistedQueue.PersistedQueueError>
    /**
     * Waits for a turn and holds its lease while `f` runs. When `f` succeeds the turn is over; when it fails or is interrupted
     * another worker gets it.
     */
    readonly take: <A, E, R>(
      study: string,
      f: (turn: Turn) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | PersistedQueue.PersistedQueueError, R>
  }
>()("@etude/study/TrialQueue") {}

export interface QueueOptions {
  /** How long the turn of a lost worker waits before another gets it; at least a second. */
  readonly lease: Duration.Duration
  /** How often a waiting worker looks. Default: half a second. */
  readonly poll?: Duration.Duration
}

const idOf = ({ trial, turn }: Turn): string => `trial-${trial}/${turn}`

/** Failures and lost workers are counted by the study, never by the queue. */
const withoutLimit = 1_000_000_000

const make = Effect.gen(function* () {
  const factory = yield* PersistedQueue.PersistedQueueFactory
  const queues = new Map<string, PersistedQueue.PersistedQueue<Turn>>()
  const queueOf = Effect.fnUntraced(function* (study: string) {
    const found = queues.get(study)
    if (found !== undefined) return found
    const queue = yield* factory.make({ name: study, schema: Turn, maxAttempts: withoutLimit })
    queues.set(study, queue)
    return queue
  })
  return TrialQueue.of({
    offer: (study, turn, options) =>
      queueOf(study).pipe(
        Effect.flatMap((queue) => queue.offer(turn, { id: idOf(turn), delay: options?.delay })),
        Effect.catchTag("SchemaError", Effect.die),
        Effect.asVoid
      ),
    take: (study, f) => Effect.flatMap(queueOf(study), (queue) => queue.take(f))
  })
})

/** The queue in a SQL database. */
export const layer = ({
  lease,
  poll = Duration.millis(500)
}: QueueOptions): Layer.Layer<TrialQueue, SqlError, SqlClient.SqlClient> =>
  Layer.effect(TrialQueue, make).pipe(
    Layer.provide(PersistedQueue.layer),
    Layer.provide(
      PersistedQueue.layerStoreSql({
        tableName: "etude_queue",
        pollInterval: poll,
        lockRefreshInterval: Duration.times(lease, 1 / 3),
        lockExpiration: lease
      })
    ),
    // It would report each time that it doesn't reach the database, which workers say once.
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
