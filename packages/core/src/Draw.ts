/**
 * What a dataset draws at random by, on the host: the key of an epoch, and of each sample in it. Draws depend on the
 * seed, the epoch and the sample alone, so neither the size of batches, nor reading ahead, nor a resume changes them.
 */
import * as Streams from "./internal/Streams.ts"
import * as Rng from "./Rng.ts"

export interface Draw {
  /** Epochs finished before this one; 0 outside of training. */
  readonly epoch: number
  /** False in validation, test and prediction, where every pass draws the same. */
  readonly training: boolean
  /** The stream of this epoch. Draw for a sample by {@link ofSample}. */
  readonly key: Rng.Key
  /** The stream of the run, the same in each of its epochs, for what lasts longer than one. */
  readonly run?: Rng.Key
}

/** The draws of one epoch of a run with that seed. */
export const ofEpoch = (seed: number, epoch: number): Draw => ({
  epoch,
  training: true,
  key: Rng.fold(Streams.data(seed), epoch),
  run: Rng.named(Streams.data(seed), "run")
})

/** The draws of every pass that doesn't train, in a run with that seed. */
export const ofEvaluation = (seed: number): Draw => ({
  epoch: 0,
  training: false,
  key: Streams.evaluationData(seed),
  run: Rng.named(Streams.evaluationData(seed), "run")
})

/** The draws for reads outside a run: those of an evaluation with seed 0. */
export const fixed: Draw = ofEvaluation(0)

/** The draws of a part of a dataset, independent of those of other parts. */
export const named = (draw: Draw, name: string): Draw => ({
  ...draw,
  key: Rng.named(draw.key, name),
  ...(draw.run && { run: Rng.named(draw.run, name) })
})

/**
 * The stream of one sample, by its index in the dataset.
 *
 * ```ts
 * const isFlipped = Rng.uniform(Draw.ofSample(draw, index), 0) < 0.5
 * ```
 */
export const ofSample = (draw: Draw, index: number): Rng.Key => Rng.fold(draw.key, index)
