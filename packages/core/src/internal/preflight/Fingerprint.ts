/**
 * What distinguishes datasets without reading them whole: length, spec, and a hash of a few samples at fixed, scattered
 * places. It is kept with each checkpoint, so that a resume notices data that changed.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Dataset, Fields, HostBatch, TypedArray } from "../../Dataset.ts"
import * as Draw from "../../Draw.ts"
import * as Rng from "../../Rng.ts"
import { concatenated } from "../concatenated.ts"

export interface Fingerprint {
  readonly length: number
  /** The dataset's spec. */
  readonly spec: Schema.Json
  /** SHA-256 of up to 32 samples; null where reading them twice gives other values, or fails. */
  readonly rows: string | null
}
export const Fingerprint: Schema.Codec<Fingerprint> = Schema.Struct({
  length: Schema.Natural,
  spec: Schema.Json,
  rows: Schema.NullOr(Schema.String)
})

/** The fingerprints of a run's data, by set. */
export interface OfData {
  readonly train: Fingerprint
  readonly validation: { readonly [set: string]: Fingerprint }
}
export const OfData: Schema.Codec<OfData> = Schema.Struct({
  train: Fingerprint,
  validation: Schema.Record(Schema.String, Fingerprint)
})

const count = 32

/** The samples that are hashed: the first, the last, and others at keyed places; in order, each once. Of a stream the first ones. */
export const samplesOf = (length: number, isSequential = false): Int32Array => {
  if (isSequential) return Int32Array.from({ length: Math.min(count, length) }, (_, index) => index)
  const place = Rng.permutation(Rng.named(Rng.key(0), "fingerprint"), length)
  const drawn = Array.from({ length: Math.min(count, length) }, (_, position) => place(position))
  const ends = length === 0 ? [] : [0, length - 1]
  return Int32Array.from([...new Set([...ends, ...drawn])].slice(0, count).sort((a, b) => a - b))
}

const fieldsOf = (
  name: string,
  fields: Fields<TypedArray> | undefined
): ReadonlyArray<readonly [string, TypedArray]> => {
  if (fields === undefined) return []
  if (ArrayBuffer.isView(fields)) return [[name, fields as TypedArray]]
  return Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, values]) => [`${name}/${field}`, values])
}

const bytesOf = (batch: HostBatch): Uint8Array<ArrayBuffer> => {
  const parts = (["inputs", "targets", "weights", "mask"] as const).flatMap((name) => fieldsOf(name, batch[name]))
  const encoder = new TextEncoder()
  const pieces = parts.flatMap(([name, values]) => [
    encoder.encode(`${name} ${values.constructor.name} ${values.length}\n`),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  ])
  return concatenated(pieces)
}

const sha256 = (bytes: Uint8Array<ArrayBuffer>): Effect.Effect<string> =>
  Effect.promise(async () => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
  })

const hashOnce = (dataset: Dataset): Effect.Effect<string, unknown> =>
  Effect.suspend(() => {
    const read = dataset.read(samplesOf(dataset.length, dataset.isSequential), Draw.fixed)
    return Effect.isEffect(read) ? read : Effect.succeed(read)
  }).pipe(Effect.flatMap((batch) => Effect.suspend(() => sha256(bytesOf(batch)))))

/** The fingerprint of a dataset. What is wrong with its samples is for the preflight and the steps to say. */
export const of = (dataset: Dataset): Effect.Effect<Fingerprint> =>
  Effect.gen(function* () {
    const first = yield* hashOnce(dataset)
    return first === (yield* hashOnce(dataset)) ? first : null
  }).pipe(
    Effect.catchCause(() => Effect.succeed(null)),
    Effect.map((rows) => ({
      length: dataset.length,
      spec: JSON.parse(JSON.stringify(dataset.spec)) as Schema.Json,
      rows
    }))
  )

/** The fingerprints of a training set and of validation sets. */
export const ofAll = (train: Dataset, validation: { readonly [name: string]: Dataset }): Effect.Effect<OfData> =>
  Effect.gen(function* () {
    const others: Record<string, Fingerprint> = {}
    for (const [name, value] of Object.entries(validation)) others[name] = yield* of(value)
    return { train: yield* of(train), validation: others }
  })
