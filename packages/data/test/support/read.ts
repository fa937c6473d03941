/** Short ways to look into datasets. */
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import * as Effect from "effect/Effect"

export const readAt = (dataset: Dataset, ...indices: ReadonlyArray<number>): Effect.Effect<HostBatch, unknown> =>
  Effect.suspend(() => {
    const read = dataset.read(Int32Array.from(indices))
    return Effect.isEffect(read) ? read : Effect.succeed(read)
  })

export const readAll = (dataset: Dataset) => readAt(dataset, ...Array.from({ length: dataset.length }, (_, at) => at))
