/** Datasets that threads make. */
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError } from "@etude/core/Errors"
import * as Rng from "@etude/core/Rng"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Arrays from "../../../src/Arrays.ts"
import * as Images from "../../../src/Images.ts"
import * as Split from "../../../src/Split.ts"
import * as Streams from "../../../src/Streams.ts"

const length = 40

/** Numbers with a label, of which each draws something, and some can't be read. */
export const numbers = ({ refuses = -1, throws = -1 }: { readonly refuses?: number; readonly throws?: number } = {}) =>
  Arrays.fromArrays({
    name: "numbers",
    inputs: { values: Float32Array.from({ length }, (_, index) => index) },
    targets: { values: Int32Array.from({ length }, (_, index) => index % 3) },
    classes: ["zero", "one", "two"]
  }).pipe(
    Effect.map((dataset) =>
      Split.mapBatch(
        { ...dataset, isChecked: false },
        (batch, indices, draw): HostBatch => {
          if (indices.includes(throws)) throw new Error(`${throws} is thrown`)
          const noise = (index: number) => Rng.uniform(Draw.ofSample(draw, index), 0)
          return { ...batch, inputs: Float32Array.from(indices, (index) => index + noise(index)) }
        },
        { name: "numbers" }
      )
    ),
    Effect.map(
      (dataset): Dataset => ({
        ...dataset,
        read: (indices, draw) =>
          indices.includes(refuses)
            ? Effect.fail(
                new DataError({
                  source: "numbers.csv",
                  offset: 7,
                  found: `sample ${refuses}`,
                  expected: "another",
                  advice: "It never works."
                })
              )
            : dataset.read(indices, draw)
      })
    )
  )

const plain = { name: "plain", length, spec: { inputs: { shape: [], dtype: "float32" } } } as const

/** A batch of bytes that the dataset goes on holding, and its labels at hand. */
const held = Uint8Array.from({ length: 4 * length }, (_, index) => index)
export const holding: Dataset = {
  name: "holding",
  length,
  spec: {
    inputs: { image: { shape: [2, 2], dtype: "float32", bytes: { scale: 0.5, offset: 0 } } },
    targets: { label: { shape: [], dtype: "int32" } }
  },
  read: (indices) => ({
    inputs: { image: held.subarray(4 * indices[0]!, 4 * (indices[0]! + indices.length)) },
    targets: { label: indices.slice() }
  }),
  readTargets: (indices) => ({ label: indices.slice() })
}

/** Ends its thread when it reads the sample `at`; the first time only where `once` names a shared counter. */
export const dying = (options: {
  readonly at: number
  readonly how: string
  readonly once?: SharedArrayBuffer
}): Dataset => ({
  ...plain,
  read: (indices) => {
    const isFirst = options.once === undefined || Atomics.add(new Int32Array(options.once), 0, 1) === 0
    if (indices.includes(options.at) && isFirst) {
      if (options.how === "exit") process.exit(3)
      setTimeout(() => {
        throw new Error("thrown outside of a read")
      })
      return Effect.never
    }
    return { inputs: Float32Array.from(indices) }
  }
})

/** Never answers. */
export const hanging: Dataset = { ...plain, read: () => Effect.never }

let made = 0
/** Differs from thread to thread, by a shared counter. */
export const differing = ({ counter }: { readonly counter: SharedArrayBuffer }): Dataset => {
  made = Atomics.add(new Int32Array(counter), 0, 1)
  return { ...hanging, length: 10 + made }
}

/** What can be learned, with noise that is drawn anew in each epoch. */
export const vectors = () =>
  Split.mapBatch(Tiny.vectors(), (batch, indices, draw) => ({
    ...batch,
    inputs: Float32Array.from(batch.inputs as Float32Array, (value, element) => {
      const sample = Math.floor(element / 4)
      return value + 0.1 * Rng.normal(Draw.ofSample(draw, indices[sample]!), element % 4)
    })
  }))

export const stream = () =>
  Streams.dataset({
    name: "stream",
    spec: plain.spec,
    shards: Streams.shard("all", () => Array(length).keys()),
    decode: (inputs) => ({ inputs }),
    shuffle: { key: 1, buffer: 8 }
  })

export const images = ({ folder }: { readonly folder: string }) => Images.folder(folder, { size: 8 })

export const nothing = 7
export const failing = () => Promise.reject(new Error("no such folder"))
export const quitting = () => process.exit(4)
