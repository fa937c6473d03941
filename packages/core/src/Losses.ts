/**
 * The losses that come with core, all from logits where there is a choice. Each gives one value per sample or element;
 * sample weights, masks and averages are the step's.
 *
 * | loss | outputs | targets | values |
 * |---|---|---|---|
 * | `softmaxCrossEntropy` | logits [batch, …, classes] | int32 labels [batch, …], or probabilities of the logits' shape | [batch, …] |
 * | `klDivergence` | logits [batch, …, classes] | probabilities of the same shape | [batch, …] |
 * | `binaryCrossEntropy` | logits [batch, …] | 0 … 1, of the same shape | [batch] |
 * | `meanSquaredError`, `meanAbsoluteError`, `huber` | [batch, …] | of the same shape | [batch] |
 * | `hinge` | scores [batch, …] | −1 or 1, of the same shape | [batch] |
 *
 * Losses of the last three rows average over all dimensions but the batch; `overTime` keeps the time dimension too.
 */
export * from "./losses/BinaryCrossEntropy.ts"
export * from "./losses/OverTime.ts"
export * from "./losses/Regression.ts"
export * from "./losses/Softmax.ts"
