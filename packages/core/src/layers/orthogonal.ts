/** Random orthogonal matrices, for initial weights of recurrent layers. */
import { element } from "../Lookup.ts"
import * as Rng from "../Rng.ts"

/**
 * The matrix [rows, columns], row by row, with orthonormal columns (or rows, where those are fewer) that a matrix of
 * normal numbers [longer side, shorter side] gives: Q of its QR decomposition, with R's diagonal positive. Modified
 * Gram–Schmidt in float64.
 */
export const orthogonalized = (
  normals: ArrayLike<number>,
  rows: number,
  columns: number,
  gain: number
): Float32Array => {
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)]
  const basis: Array<Float64Array> = []
  for (let column = 0; column < short; column++) {
    const vector = Float64Array.from({ length: long }, (_, row) => element(normals, row * short + column))
    for (const earlier of basis) {
      let along = 0
      for (let row = 0; row < long; row++) along += earlier[row]! * vector[row]!
      for (let row = 0; row < long; row++) vector[row]! -= along * earlier[row]!
    }
    let square = 0
    for (const value of vector) square += value * value
    const length = Math.sqrt(square)
    basis.push(vector.map((value) => value / length))
  }
  return Float32Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns]
    return gain * (rows < columns ? element(element(basis, row), column) : element(element(basis, column), row))
  })
}

/**
 * A random matrix [rows, columns], row by row, with orthonormal columns (or rows, where those are fewer), uniform among
 * all such. Saxe, McClelland and Ganguli 2014, arXiv:1312.6120.
 */
export const orthogonal = (stream: Rng.Key, rows: number, columns: number, gain: number): Float32Array =>
  orthogonalized(Rng.normals(stream, rows * columns), rows, columns, gain)
