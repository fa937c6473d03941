/** The program of a thread: makes a dataset of its own, and reads from it what it is asked for. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import {
  type Dataset,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type Room,
  type TypedArray,
  zerosLike
} from "@etude/core/Dataset"
import { DataError, reasonOf } from "@etude/core/Errors"
import { sizeOf } from "@etude/core/Tensors"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { mapFields } from "../Rows.ts"
import { load } from "./load.ts"
import { type Answer, type Description, problemOf, type Request, type Start } from "./protocol.ts"

/** Targets up to which all are sent when the dataset is made: 64 MiB. */
const sentTargets = 2 ** 24

const describe = ({ name, length, spec, classes, isChecked, isSequential }: Dataset): Description => ({
  ...{ name, length, spec },
  ...(classes === undefined ? {} : { classes }),
  ...(isChecked === undefined ? {} : { isChecked }),
  ...(isSequential === undefined ? {} : { isSequential })
})

const targetsOf = (dataset: Dataset): Fields<TypedArray> | undefined => {
  const { targets } = dataset.spec
  if (targets === undefined || dataset.readTargets === undefined) return undefined
  const specs = isSpec(targets) ? [targets] : Object.values(targets)
  const elements = dataset.length * specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (elements > sentTargets) return undefined
  return dataset.readTargets(Int32Array.from({ length: dataset.length }, (_, index) => index))
}

/**
 * The arrays of a batch as they go to the main thread: those that were made for it are moved there; others, which the dataset
 * may hold, are copied, and no more of them than the batch is.
 */
const packed = (batch: HostBatch, fresh: ReadonlySet<ArrayBufferLike>) => {
  const moved = new Set<ArrayBuffer>()
  const pack = (values: TypedArray): TypedArray => {
    const isFresh = fresh.has(values.buffer) && values.byteLength === values.buffer.byteLength
    const array = isFresh ? values : values.slice()
    if (array.buffer instanceof ArrayBuffer) moved.add(array.buffer)
    return array
  }
  const { inputs, targets, weights, mask } = batch
  const result: HostBatch = {
    inputs: mapFields(inputs, isTypedArray, pack),
    ...(targets && { targets: mapFields(targets, isTypedArray, pack) }),
    ...(weights && { weights: pack(weights) }),
    ...(mask && { mask: pack(mask) })
  }
  return { batch: result, transfer: [...moved] }
}

const failure = (dataset: Dataset, cause: Cause.Cause<unknown>): DataError => {
  const error = Cause.squash(cause)
  if (error instanceof DataError) return error
  const found = `an error from read (${reasonOf(error)})`
  const advice = "Read these samples on the main thread, with `workers: 0`, to see more."
  return new DataError({ source: dataset.name, found, expected: "a batch", advice, cause: error })
}

const answer = (port: MessagePort, dataset: Dataset, { id, indices, draw }: Request): Effect.Effect<void> => {
  const fresh = new Set<ArrayBufferLike>()
  const room: Room = (like, length) => {
    const values = zerosLike(like, length)
    fresh.add(values.buffer)
    return values
  }
  const post = (message: Answer, transfer: ReadonlyArray<ArrayBuffer> = []) => port.postMessage(message, transfer)
  return Effect.suspend(() => {
    const read = dataset.read(indices, draw, room)
    return Effect.isEffect(read) ? read : Effect.succeed(read)
  }).pipe(
    Effect.flatMap((read) =>
      Effect.sync(() => {
        const { batch, transfer } = packed(read, fresh)
        post({ _tag: "Batch", id, batch }, transfer)
      })
    ),
    Effect.catchCause((cause) =>
      Effect.sync(() => post({ _tag: "Failed", id, problem: problemOf(failure(dataset, cause)) }))
    )
  )
}

/** Answers as long as the thread lives. */
const serve = Effect.fnUntraced(function* (port: MessagePort, { source, sendTargets }: Start) {
  const dataset = yield* load(source)
  const post = (message: Answer) => port.postMessage(message)
  port.on("message", (request: Request) => Effect.runFork(answer(port, dataset, request)))
  const targets = sendTargets ? targetsOf(dataset) : undefined
  post({ _tag: "Ready", description: describe(dataset), ...(targets === undefined ? {} : { targets }) })
  return yield* Effect.never
})

const isStart = (value: unknown): value is Start =>
  typeof value === "object" && value !== null && "_tag" in value && value._tag === "EtudeDataset"

if (parentPort !== null && isStart(workerData)) {
  const port = parentPort
  const refuse = ({ problems }: { readonly problems: ReadonlyArray<DataError> }) =>
    Effect.sync(() => port.postMessage({ _tag: "Invalid", problems: problems.map(problemOf) } satisfies Answer))
  Effect.runFork(Effect.scoped(Effect.catch(serve(port, workerData), refuse)))
}
