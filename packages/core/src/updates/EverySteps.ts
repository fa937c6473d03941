import * as tf from "@tensorflow/tfjs-core"
import * as Tensors from "../Tensors.ts"
import type * as Update from "../Update.ts"

/** The numbers of the inner link, and whether it is its turn. */
interface Turn extends Tensors.NumberTree {
  readonly due: number
  readonly inner: Tensors.NumberTree
}

/** What is new where it is the link's turn, else what was; exactly either, for finite numbers. */
const chosen = (due: tf.Tensor, next: Tensors.Tensors, before: Tensors.Tensors): Tensors.Tensors => {
  const stays = tf.sub(1, due)
  return Tensors.map(next, (tensor, path) => tf.add(tf.mul(tensor, due), tf.mul(Tensors.get(before, path), stays)))
}

/**
 * Updates at every k-th step alone, from the k-th on, by the gradient of that step: the parameters and slots don't change between. The
 * link's step count is that of its own updates, so that moments are corrected as often as they have moved; the learning rate and
 * what else is scheduled are those of the run's step. What is left out is computed all the same: a compiled step has no branches.
 */
export const everySteps = (every: number, inner: Update.Update): Update.Update => {
  const { name, elementwise, slots, init, scheduled, secondGradient } = inner
  const within = (scene: Update.Scene): Update.Scene => ({
    ...scene,
    // A link of links has a level of numbers for each.
    numbers: scene.numbers["inner"] as Tensors.TensorTree as Update.Scene["numbers"]
  })
  const dueOf = ({ numbers }: Update.Scene): tf.Tensor => Tensors.get(numbers, "due")
  const slotsOf = (next: Tensors.Owned, scene: Update.Scene): Tensors.Owned =>
    Tensors.mapOwned(next, (tensors, slot) => chosen(dueOf(scene), tensors, Tensors.ofOwner(scene.slots, slot)))
  const { apply } = inner
  return {
    ...{ name, elementwise, slots, init },
    ...(scheduled === undefined ? {} : { scheduled }),
    ...(secondGradient === undefined ? {} : { secondGradient }),
    numbers: (step, learningRate, at): Turn => ({
      due: step % every === 0 ? 1 : 0,
      inner: inner.numbers(Math.ceil(step / every), learningRate, at)
    }),
    update: (updates, scene) => {
      const [changed, next] = inner.update(updates, within(scene))
      return [Tensors.map(changed, (update) => tf.mul(update, dueOf(scene))), slotsOf(next, scene)]
    },
    ...(apply === undefined
      ? {}
      : {
          apply: (updates, scene) => {
            const applied = apply(updates, within(scene))
            if (applied === undefined) return undefined
            const [parameters, next] = applied
            return [chosen(dueOf(scene), parameters, scene.parameters), slotsOf(next, scene)]
          }
        })
  }
}
