/** A task's outputs for one batch that stands alone: for programs that use what they have trained. */
import * as tf from "@tensorflow/tfjs-core"
import type { Variables } from "../../Model.ts"
import * as RandomBits from "../../RandomBits.ts"
import * as Rng from "../../Rng.ts"
import type { Task } from "../../Task.ts"
import { type TensorOrRecord, tidied } from "../../Tensors.ts"
import * as Forward from "../step/Forward.ts"

/**
 * A task's outputs for a batch of inputs, in evaluation: dropout off, running statistics used. `variables` are those of a
 * `TrainState`. The outputs belong to the caller; all other tensors of the pass are disposed. Needs a backend to be open,
 * and throws what the models throw. For a single model there is `Model.predict`; for a dataset, `Trainer.predict`.
 *
 * @param options.key what models draw from that sample in evaluation; the same key gives the same draws
 */
export const predictBatch = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  task: Task<In, any, Out, any, any>,
  variables: Variables,
  inputs: In,
  options: { readonly key?: Rng.Key } = {}
): Out => {
  const { hi, lo } = options.key ?? Rng.key(0)
  return tidied(() => {
    const random = RandomBits.make({ key: tf.tensor1d([hi | 0, lo | 0], "int32"), batchSize: 1 })
    const { parameters, statistics } = variables
    // As for data that have no targets, which a task's forward pass never needs.
    const batch = { inputs, targets: {} }
    return Forward.run(task as Task, { parameters, statistics, batch }, false, random).outputs as Out
  })
}
