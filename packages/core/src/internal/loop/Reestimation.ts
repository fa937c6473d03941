/** Running statistics measured anew for other parameters than those that they were kept with. Izmailov et al. 2018, §3.2. */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { DatasetSpec } from "../../Dataset.ts"
import * as RandomBits from "../../RandomBits.ts"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as Forward from "../step/Forward.ts"
import * as Upload from "../step/Upload.ts"
import * as Evaluation from "./Evaluation.ts"

/** The tensor program that gives the statistics after one batch in training mode. */
const statisticsProgram = (task: Task, spec: DatasetSpec, scheduled: Tensors.NumberTree) => {
  const decode = Upload.decoder(spec)
  return ({ key, ...inputs }: Evaluation.PassInputs): { readonly statistics: Tensors.Tensors } => {
    const batch = decode(inputs.batch)
    const random = RandomBits.make({ key, samples: undefined, batchSize: Forward.samplesIn(batch) })
    const controls = { models: Tensors.scalarTree(scheduled) as Tensors.Owned } // by model and path
    const { statistics } = Forward.run(task, { ...inputs, batch, controls }, true, random)
    return { statistics: Tensors.map(statistics, (tensor) => tf.clone(tensor)) }
  }
}

/** The statistics after a batch, given those before. */
type After = (statistics: Tensors.Tensors) => Tensors.Tensors

const isSame = (one: tf.Tensor, other: tf.Tensor): boolean => {
  const others = other.dataSync()
  return one.dataSync().every((value, index) => Object.is(value, others[index]))
}

/**
 * The share that a batch has in each statistic that it moves: s ← (1 − share) · s + share · b, whatever b, so that beginnings of 0 and 1
 * differ by 1 − share. Those of frozen layers don't move.
 */
const sharesOf = (after: After, statistics: Tensors.Tensors): Tensors.Tensors => {
  const moving = after(statistics)
  const moves = (path: string) => !isSame(Tensors.get(moving, path), Tensors.get(statistics, path))
  const moved = Tensors.filter(moving, moves)
  const from = (value: number) => after({ ...statistics, ...Tensors.map(moved, ({ shape }) => tf.fill(shape, value)) })
  const [zero, one] = [from(0), from(1)]
  return Tensors.map(moved, (_, path) => tf.sub(1, tf.sub(Tensors.get(one, path), Tensors.get(zero, path))))
}

/** What has been measured so far; the tensors are kept. */
interface Total {
  shares: Tensors.Tensors | undefined
  sums: Tensors.Tensors
  batches: number
}

const keep = (tensors: Tensors.Tensors): Tensors.Tensors => Tensors.map(tensors, (tensor) => tf.keep(tensor))

/** Adds what a batch alone has for each statistic, as often as its share says. */
const add = (total: Total, after: After, statistics: Tensors.Tensors): void => {
  total.shares ??= keep(sharesOf(after, statistics))
  const measured = after({ ...statistics, ...Tensors.map(total.shares, ({ shape }) => tf.zeros(shape)) })
  const sums = Tensors.map(total.shares, (_, path) => {
    const value = Tensors.get(measured, path)
    return tf.keep(total.batches === 0 ? tf.clone(value) : tf.add(Tensors.get(total.sums, path), value))
  })
  Tensors.dispose(total.sums)
  total.sums = sums
  total.batches++
}

/** Means over all batches, each counting the same; the handles are the caller's. */
const meansOf = ({ shares = {}, sums, batches }: Total, statistics: Tensors.Tensors): Tensors.Tensors =>
  Tensors.map(statistics, (tensor, path) => {
    if (!Object.hasOwn(shares, path)) return tf.keep(tf.clone(tensor))
    return tf.keep(tf.div(Tensors.get(sums, path), tf.mul(Tensors.get(shares, path), batches)))
  })

/**
 * The statistics that batches of the data have with these parameters in training mode, averaged over all batches, in place of running
 * ones. Statistics that no batch moves stay as they are. What is scheduled in models is as it was at the end of training. The handles
 * are the caller's.
 */
export const statistics = Effect.fnUntraced(function* (
  options: Evaluation.PassOptions,
  weights: Evaluation.Weights,
  scheduled: Tensors.NumberTree = {}
) {
  const { task, executor, dataset } = options
  if (Object.keys(weights.statistics).length === 0) return {}
  const program = executor.compile("statistics", statisticsProgram(task, dataset.spec, scheduled))
  const total: Total = { shares: undefined, sums: {}, batches: 0 }
  const measuring = Evaluation.pass(options, (inputs) => {
    const after: After = (before) =>
      program({ ...inputs, parameters: weights.parameters, statistics: before }).statistics
    add(total, after, weights.statistics)
  })
  return yield* measuring.pipe(
    Effect.map(() => Tensors.tidy(() => meansOf(total, weights.statistics))),
    Effect.ensuring(Effect.sync(() => Tensors.disposeTree({ shares: total.shares, sums: total.sums })))
  )
})
