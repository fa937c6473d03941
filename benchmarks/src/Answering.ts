/**
 * A step executor that computes each program once and then gives that answer again: what remains of a step is the loop around
 * it, so that what the loop and callbacks cost is not lost in the noise of a thousand times as much arithmetic.
 */
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"

type Tree = tf.Tensor | { readonly [key: string]: Tree } | undefined

const map = (tree: Tree, change: (tensor: tf.Tensor) => tf.Tensor): Tree =>
  tree === undefined
    ? undefined
    : tree instanceof tf.Tensor
      ? change(tree)
      : Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, map(part, change)]))

/** Its answers stay until the process ends. Outputs never depend on inputs: the run learns nothing. */
export const make = (): StepExecutor["Service"] => ({
  name: "answering",
  compile: (_name, program) => {
    let answer: Tree
    return (inputs) => {
      answer ??= map(tf.tidy(() => program(inputs) as never) as Tree, (tensor) => tf.keep(tf.clone(tensor)))
      return map(answer, (tensor) => tf.clone(tensor)) as never // what the program gives, handle by handle
    }
  }
})
