/** All random streams of a run, each below its seed. A draw depends on its stream and on positions, and on nothing else. */
import * as Rng from "../Rng.ts"

const stream =
  (name: string) =>
  (seed: number): Rng.Key =>
    Rng.named(Rng.key(seed), name)

/** The initial parameters. */
export const init = stream("init")
/** The order of the training data; one key per epoch below it. */
export const shuffle = stream("shuffle")
/** The draws of datasets in training; one key per epoch below it. */
export const data = stream("data")
/** The draws of datasets in validation, test and prediction: the same in every pass. */
export const evaluationData = stream("evaluation data")
/** The draws of models, losses and callbacks' transforms in a step; one key per epoch and batch below it, then names of layers and callbacks. */
export const step = stream("step")
/** The same in validation, test and prediction; one key per batch below it. */
export const evaluation = stream("evaluation")
