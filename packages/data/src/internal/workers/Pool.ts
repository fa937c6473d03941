/** Threads that each have the same dataset: a request goes to the one with the fewest others. */
import type { Fields, HostBatch, TypedArray } from "@etude/core/Dataset"
import type { Draw } from "@etude/core/Draw"
import { DataError, DatasetInvalid, reasonOf } from "@etude/core/Errors"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type Description, errorOf, type Source } from "./protocol.ts"
import * as Reader from "./Reader.ts"

export interface PoolOptions {
  readonly source: Source
  readonly workers: number
  /** How often a thread that ended is replaced, in all. */
  readonly restarts: number
}

export interface Pool {
  readonly description: Description
  readonly targets: Fields<TypedArray> | undefined
  readonly read: (indices: Int32Array, draw: Draw) => Effect.Effect<HostBatch, DataError>
}

type Settle = (read: Effect.Effect<HostBatch, DataError>) => void

const invalid = ({ module }: Source, found: string, expected: string, advice: string) =>
  new DatasetInvalid({ dataset: module, problems: [new DataError({ source: module, found, expected, advice })] })

const endedEarly = (source: Source, reason: string) =>
  invalid(source, reason, "a thread that makes its dataset", "Make the dataset on the main thread, with `workers: 0`.")

const ended = ({ module }: Source, number: number, reason: string, restarts: number) =>
  new DataError({
    source: `${module}, worker ${number + 1}`,
    found: reason,
    expected: "a batch",
    advice:
      restarts === 0
        ? "Read the samples with `workers: 0` to see more; `restarts` replaces a thread and reads again."
        : `It was replaced ${restarts} times before. Read the samples with \`workers: 0\` to see more.`
  })

/** The threads of a pool, each in its place; undefined after it ended for good. */
interface Threads {
  readonly readers: Array<Reader.Reader | undefined>
  left: number
  lastError: DataError | undefined
}

type Begun = { readonly description: Description; readonly targets?: Fields<TypedArray> }

/** Sends a request to the thread that has the fewest; again where it ended and was replaced. */
const submit = (threads: Threads, indices: Int32Array, draw: Draw, settle: Settle): void => {
  let next: Reader.Reader | undefined
  for (const reader of threads.readers)
    if (reader !== undefined && (next === undefined || reader.pending() < next.pending())) next = reader
  if (next === undefined) settle(Effect.fail(threads.lastError ?? noThreads))
  next?.request(indices, draw, (outcome) => {
    if (outcome._tag === "Batch") settle(Effect.succeed(outcome.batch))
    else if (outcome._tag === "Failed") settle(Effect.fail(errorOf(outcome.problem)))
    else if (threads.lastError === undefined) submit(threads, indices, draw, settle)
    else settle(Effect.fail(threads.lastError))
  })
}

const noThreads = new DataError({
  source: "workers",
  found: "a read after the dataset's scope had closed",
  expected: "a read within it",
  advice: "Make the dataset in the scope in which it is read."
})

/** Starts a thread in its place. */
const begin = Effect.fnUntraced(function* ({ source, restarts }: PoolOptions, threads: Threads, number: number) {
  const begun = yield* Deferred.make<Begun, DatasetInvalid>()
  const finish = (exit: Exit.Exit<Begun, DatasetInvalid>) => Deferred.doneUnsafe(begun, exit)
  const spawn = (sendTargets: boolean): Reader.Reader =>
    Reader.spawn({
      start: { _tag: "EtudeDataset", source, sendTargets },
      onBegin: (answer) => {
        const problems = answer._tag === "Invalid" ? answer.problems.map(errorOf) : []
        if (answer._tag === "Ready") finish(Exit.succeed(answer))
        else finish(Exit.fail(new DatasetInvalid({ dataset: source.module, problems })))
      },
      onEnd: (reason) => {
        const isReplaced = threads.left > 0
        if (isReplaced) threads.left--
        else threads.lastError = ended(source, number, reason, restarts)
        threads.readers[number] = isReplaced ? spawn(false) : undefined
        if (!isReplaced) finish(Exit.fail(endedEarly(source, reason)))
      }
    })
  threads.readers[number] = yield* Effect.try({
    try: () => spawn(number === 0),
    catch: (cause) =>
      invalid(source, `options that can't be sent to a thread (${reasonOf(cause)})`, "plain data", "Send no functions.")
  })
  return Deferred.await(begun)
})

/** That all threads made the same dataset: it must depend on the options alone. */
const disagreement = (source: Source, descriptions: ReadonlyArray<Description>): DatasetInvalid | undefined => {
  const texts = descriptions.map(({ name, length, spec, classes }) => JSON.stringify([name, length, spec, classes]))
  const number = texts.findIndex((text) => text !== texts[0])
  if (number < 0) return undefined
  const advice = "Make it of its options and of files that don't change, without random numbers of its own."
  return invalid(source, `${texts[number]} in worker ${number + 1}`, `${texts[0]}, as in worker 1`, advice)
}

/** Threads for a dataset. They end with the scope. */
export const make = Effect.fnUntraced(function* (options: PoolOptions) {
  const { source, workers, restarts } = options
  const threads: Threads = { readers: [], left: restarts, lastError: undefined }
  const end = Effect.suspend(() =>
    Effect.forEach(threads.readers.splice(0), (reader) => reader?.terminate ?? Effect.void, {
      concurrency: "unbounded"
    })
  )
  yield* Effect.addFinalizer(() => end)
  const waiting: Array<Effect.Effect<Begun, DatasetInvalid>> = []
  for (let number = 0; number < workers; number++) waiting.push(yield* begin(options, threads, number))
  const all = yield* Effect.all(waiting, { concurrency: "unbounded" })
  const problem = disagreement(
    source,
    all.map(({ description }) => description)
  )
  const [first] = all
  if (problem !== undefined || first === undefined) return yield* problem ?? endedEarly(source, "no thread")
  const read = (indices: Int32Array, draw: Draw) =>
    Effect.callback<HostBatch, DataError>((resume) => submit(threads, indices, draw, resume))
  return { description: first.description, targets: first.targets, read } satisfies Pool
})
