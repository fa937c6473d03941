import type * as Event from "@etude/core/Event"
import type { Progress } from "@etude/core/Progress"

export interface Run {
  readonly epochs: number
  readonly batches: number
  /** Batches that are skipped, by `epoch/batch`. */
  readonly skipped?: ReadonlySet<string>
}

const setting = {
  task: "tiny",
  seed: 7,
  config: { until: { epochs: 3 } },
  parameters: 10,
  trainSamples: 12,
  monitors: {
    "train/loss": { set: "train", metric: "loss", better: "lower" },
    "validation/loss": { set: "validation", metric: "loss", better: "lower" },
    "validation/accuracy": { set: "validation", metric: "accuracy", better: "higher" }
  },
  backend: { name: "cpu", version: "4.22.0", device: "CPU", reason: "asked for" },
  executor: "eager"
} as const

/** A value that depends on the position alone, as a deterministic run's do. */
const valueAt = (step: number): number => Math.sin(step * 12.9898) + 1

/**
 * What a run publishes, in the order of the training loop; a checkpoint is saved after every batch. With `from`, the run as
 * it is taken up again at that position.
 */
export const eventsOf = (
  run: Run,
  from?: { readonly progress: Progress; readonly attempt: number }
): Array<Event.Known> => {
  const events: Array<Event.Known> = []
  let progress: Progress = from?.progress ?? { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 0 }
  const add = (event: object): void => void events.push({ version: 1, progress, ...event } as Event.Known)
  const facts = { ...setting, batchesPerEpoch: run.batches }
  add(from === undefined ? { _tag: "RunStarted", ...facts } : { _tag: "Resumed", attempt: from.attempt, ...facts })
  while (progress.epoch < run.epochs) {
    if (progress.batch === 0) add({ _tag: "EpochStarted" })
    while (progress.batch < run.batches) {
      if (run.skipped?.has(`${progress.epoch}/${progress.batch}`)) {
        add({ _tag: "BatchSkipped", reason: "empty", detail: "" })
        progress = { ...progress, batch: progress.batch + 1 }
      } else {
        const { batch, step, samples } = progress
        progress = { ...progress, batch: batch + 1, step: step + 1, samples: samples + 4 }
        add({ _tag: "StepLogged", values: { loss: valueAt(step) }, learningRate: 0.1, samplesPerSecond: 4 })
      }
      if (progress.batch < run.batches) add({ _tag: "CheckpointSaved", path: `${progress.epoch}-${progress.batch}` })
    }
    const validation = { "validation/loss": valueAt(progress.step), "validation/accuracy": -valueAt(progress.step) }
    add({ _tag: "ValidationStarted", name: "validation", batches: 1 })
    add({ _tag: "ValidationEnded", name: "validation", samples: 4, values: validation, seconds: 1 })
    progress = { ...progress, epoch: progress.epoch + 1, batch: 0 }
    const values = { "train/loss": valueAt(progress.step + 0.5), ...validation }
    add({ _tag: "EpochEnded", values, learningRate: 0.1, seconds: 2 })
    add({ _tag: "CheckpointSaved", path: `${progress.epoch}-0` })
  }
  add({ _tag: "RunEnded", reason: "until epochs", values: {} })
  return events
}

/** The log of a run that was killed after `killed` events and taken up again, `times` times, from where a checkpoint was. */
export const brokenLog = (run: Run, breaks: ReadonlyArray<{ readonly killed: number; readonly from: number }>) => {
  let log = eventsOf(run)
  const earlier: Array<Event.Known> = []
  for (const [at, { killed, from }] of breaks.entries()) {
    const lived = log.slice(0, 1 + (killed % log.length))
    earlier.push(...lived)
    const saved = lived.filter((event) => event._tag === "CheckpointSaved")
    const progress = saved[from % Math.max(1, saved.length)]?.progress ?? lived[0]!.progress
    log = eventsOf(run, { progress, attempt: at + 2 })
  }
  return [...earlier, ...log]
}
