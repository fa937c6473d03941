/** Samples to try metrics on: two dozen each, from a keyed stream, the last few special. */
import * as Rng from "@etude/core/Rng"
import type { MetricOptions } from "../laws/MetricLaw.ts"

type Samples = MetricOptions["samples"]

const count = 24
const key = Rng.named(Rng.key(1), "metric samples")
const normals = (name: string, size: number) => Rng.normals(Rng.named(key, name), size)
const whole = (name: string, size: number, below: number) =>
  Int32Array.from(Rng.uniforms(Rng.named(key, name), size, 0, below), Math.floor)
const weights = { values: Float32Array.from({ length: count }, (_, index) => (index % 5) / 2), shape: [count] }

/** Logits [24, 3] with labels 0 … 2, and weights, some of them 0. */
export const classes: Samples = {
  outputs: { values: normals("logits", count * 3), shape: [count, 3] },
  targets: { values: whole("labels", count, 3), shape: [count] },
  weights
}

/** Logits [24, 1] of two classes with targets 0 and 1. */
export const binary: Samples = {
  outputs: { values: normals("logit", count), shape: [count, 1] },
  targets: { values: Float32Array.from(whole("positives", count, 2)), shape: [count, 1] },
  weights
}

/** Real values [24, 1] and what they should be. */
export const values: Samples = {
  outputs: { values: normals("values", count), shape: [count, 1] },
  targets: { values: normals("expected", count), shape: [count, 1] },
  weights
}

/** Logits [24, 4, 3] of sequences of up to four elements, with labels and a mask. */
export const sequences: Samples = {
  outputs: { values: normals("sequences", count * 12), shape: [count, 4, 3] },
  targets: { values: whole("elements", count * 4, 3), shape: [count, 4] },
  mask: {
    values: Float32Array.from({ length: count * 4 }, (_, index) => (index % 4 <= Math.floor(index / 4) % 4 ? 1 : 0)),
    shape: [count, 4]
  }
}
