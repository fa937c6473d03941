/** Drawn samples for the law: with weights in eighths, and every fifth element masked. */
import type { HostValues } from "@etude/core/Loss"
import * as Rng from "@etude/core/Rng"

const key = (name: string) => Rng.named(Rng.key(3), name)

/** Normal values, rounded to `digits` so that some are equal. */
export const floats = (name: string, shape: ReadonlyArray<number>, digits = 2, mean = 0): HostValues => {
  const size = shape.reduce((product, side) => product * side, 1)
  const values = Rng.normals(key(name), size).map((value) => mean + Math.round(value * 10 ** digits) / 10 ** digits)
  return { values, shape }
}

/** Whole numbers from 0 to `below` − 1. */
export const labels = (name: string, shape: ReadonlyArray<number>, below: number): HostValues => {
  const size = shape.reduce((product, side) => product * side, 1)
  return { values: Int32Array.from(Rng.uniforms(key(name), size, 0, below), Math.floor), shape }
}

export const weights = (n: number): HostValues => ({
  values: Rng.uniforms(key("weights"), n, 0, 16).map((value) => Math.floor(value) / 8),
  shape: [n]
})
export const mask = (shape: ReadonlyArray<number>): HostValues => ({
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => (at % 5 === 4 ? 0 : 1)),
  shape
})
