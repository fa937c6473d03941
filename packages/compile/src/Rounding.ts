/**
 * How far rounding alone moves a program's results: it is run on inputs that differ from its own by a few units in the last
 * place. Whatever stands between (differences, norms, an optimizer's division) enlarges that as it enlarges the roundings
 * inside the program, which another order of adding changes.
 */
import * as Rng from "@etude/core/Rng"
import type { TensorTree } from "@etude/core/Tensors"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Leaves from "./Leaves.ts"
import { zip } from "./Lists.ts"

/** Four units in the last place of a number in the middle of its binade. */
const share = 2 ** -21

/** How many times the inputs are moved: a difference of roundings may happen to be small once. */
const times = 3

/** A tensor with perturbed numbers. Integers stay as they are: labels, counts and masks are exact. */
const moved = (tensor: tf.Tensor, key: Rng.Key): tf.Tensor => {
  const values = tensor.dataSync<"float32">().slice()
  // Only the highest bit of a linear congruential generator is used: there may be millions of values.
  let state = Math.floor(Rng.uniform(key, 0) * 2 ** 32)
  for (let index = 0; index < values.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    const value = values[index]!
    if (!Number.isInteger(value)) values[index] = value * (state < 0 ? 1 - share : 1 + share)
  }
  return tf.tensor(values, tensor.shape, "float32")
}

const distance = (values: ArrayLike<number>, others: ArrayLike<number>): number => {
  let largest = 0
  for (let index = 0; index < values.length; index++) {
    const apart = Math.abs(values[index]! - others[index]!)
    if (apart > largest && apart !== Number.POSITIVE_INFINITY) largest = apart
  }
  return largest
}

/** For each of a program's results, how far its elements move when the inputs are moved once. */
const spreadOf = <In extends TensorTree>(
  program: (inputs: In) => TensorTree,
  inputs: In,
  results: ReadonlyArray<Leaves.Leaf>,
  key: Rng.Key
): ReadonlyArray<number> =>
  tf.tidy(() => {
    const others = Leaves.of(inputs).map(({ path, tensor }) =>
      tensor.dtype === "float32" ? moved(tensor, Rng.named(key, path)) : tensor
    )
    const kept = new Set<tf.Tensor>(others)
    const outputs = Leaves.of(Tensors.tidy(() => program(Leaves.rebuild(inputs, others) as In)))
    return zip(outputs, results).map(([{ tensor }, result]) => {
      const move = distance(tensor.dataSync(), result.tensor.dataSync())
      if (!kept.has(tensor)) tensor.dispose()
      return move
    })
  })

/**
 * For each of a program's results, how far its elements move at most. Each spread is that of one more run of the program, and
 * at least as large as the one before: whoever is content with one need not wait for the next.
 */
export function* spreads<In extends TensorTree>(
  program: (inputs: In) => TensorTree,
  inputs: In,
  results: ReadonlyArray<Leaves.Leaf>
): Generator<ReadonlyArray<number>, undefined> {
  let spread = results.map(() => 0)
  const root = Rng.named(Rng.key(0), "rounding")
  for (let time = 0; time < times; time++) {
    const moves = spreadOf(program, inputs, results, Rng.fold(root, time))
    spread = zip(spread, moves).map(([most, move]) => Math.max(most, move))
    yield spread
  }
}
