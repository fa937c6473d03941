/** Learning from a teacher. Hinton, Vinyals and Dean 2015, arXiv:1503.02531. */
import type { Loss } from "@etude/core/Loss"
import * as Losses from "@etude/core/Losses"
import * as tf from "@tensorflow/tfjs-core"

export interface DistillationOptions {
  /** T > 0: the logits of both are divided by it, which shows what the teacher makes of the wrong classes. Default: 4. */
  readonly temperature?: number
  /** α in [0, 1]: the weight of the teacher; 1 − α is that of the labels. Default: 0.5. */
  readonly teacherWeight?: number
}

/**
 * α · T² · KL(softmax(teacher / T) ‖ softmax(student / T)) + (1 − α) · cross-entropy with the labels. Outputs are the student's logits
 * [batch, …, classes]; targets are `labels` [batch, …] int32 and `teacher`, the teacher's logits; values [batch, …].
 *
 * Refuses options out of range, and logits of different shapes. Hinton, Vinyals and Dean 2015, arXiv:1503.02531.
 *
 * ```ts
 * distillation({ temperature: 2 }) // [10] with { labels: int32 [], teacher: [10] } → []
 * ```
 */
export const distillation = ({
  temperature = 4,
  teacherWeight = 0.5
}: DistillationOptions = {}): Loss<tf.Tensor, { readonly labels: tf.Tensor; readonly teacher: tf.Tensor }> => {
  const crossEntropy = Losses.softmaxCrossEntropy()
  return {
    name: "distillation",
    applies: "softmax",
    fields: { targets: ["labels", "teacher"] },
    values: (logits, { labels, teacher }) => {
      const soft = tf.softmax(tf.div(teacher, temperature))
      const divergence = Losses.klDivergence.values(tf.div(logits, temperature), soft)
      const ofTeacher = tf.mul(divergence, teacherWeight * temperature ** 2)
      return tf.add(ofTeacher, tf.mul(crossEntropy.values(logits, labels), 1 - teacherWeight))
    },
    checkFields: ({ "": logits }, { labels, teacher }) => [
      ...(logits === undefined || labels === undefined ? [] : (crossEntropy.check?.(logits, labels) ?? [])),
      ...(logits?.shape.join() === teacher?.shape.join()
        ? []
        : ["distillation needs teacher's logits in the shape of the model's"]),
      ...(temperature > 0 ? [] : [`distillation's temperature is ${temperature}; expected a number above 0`]),
      ...(teacherWeight >= 0 && teacherWeight <= 1
        ? []
        : [`distillation's teacherWeight is ${teacherWeight}; expected a number in [0, 1]`])
    ]
  }
}
