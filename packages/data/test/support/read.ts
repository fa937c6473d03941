/** Short ways to look into datasets. */

import type { Dataset, FieldSpec, HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Bytes from "@etude/core/kernels/Bytes"
import * as Effect from "effect/Effect"

export const readAt = (dataset: Dataset, ...indices: ReadonlyArray<number>): Effect.Effect<HostBatch, unknown> =>
  Effect.suspend(() => {
    const read = dataset.read(Int32Array.from(indices), Draw.fixed)
    return Effect.isEffect(read) ? read : Effect.succeed(read)
  })

/** The inputs as the step sees them: bytes as the spec says. */
export const inputsAt = (dataset: Dataset, ...indices: ReadonlyArray<number>): Effect.Effect<Float32Array, unknown> =>
  Effect.map(readAt(dataset, ...indices), ({ inputs }) => {
    const { bytes } = dataset.spec.inputs as FieldSpec
    return inputs instanceof Uint8Array ? Bytes.widen(inputs, bytes) : (inputs as Float32Array)
  })

export const readAll = (dataset: Dataset) => readAt(dataset, ...Array.from({ length: dataset.length }, (_, at) => at))
