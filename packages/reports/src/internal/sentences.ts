/** An event as a line of text; nothing for those that are shown differently, or not at this verbosity. */
import type * as Event from "@etude/core/Event"
import { batchAfter, type Progress } from "@etude/core/Progress"
import type * as Schema from "effect/Schema"
import * as Ending from "../Ending.ts"
import * as format from "./format.ts"

export type Verbosity = "minimal" | "standard" | "verbose"

/** What a decision requests. */
const decisionText = (decision: Schema.Json): string => {
  const all = Object.entries(decision as object).filter(
    ([, value]) => value !== false && (!Array.isArray(value) || value.length > 0)
  )
  return all.map(([name, value]) => (value === true ? name : `${name} ${[value].flat().join(", ")}`)).join("; ")
}

const position = ({ epoch, batch, step }: Progress): string => `epoch ${epoch + 1} after batch ${batch} (step ${step})`

const beginning = (event: typeof Event.RunStarted.Type | typeof Event.Resumed.Type): string => {
  const { task, parameters, trainSamples, batchesPerEpoch, backend, executor, stepsRunAs, seed } = event
  const samples = `${format.count(trainSamples)} samples in ${format.plural(batchesPerEpoch, "batch", "batches")}`
  const where = stepsRunAs ?? `${backend.name} ${backend.version} on ${backend.device}, ${executor}`
  const resumed = event._tag === "Resumed" ? `; attempt ${event.attempt}, from ${position(event.progress)}` : ""
  return `${task}: ${format.count(parameters)} parameters, ${samples}; ${where}; seed ${seed}${resumed}`
}

/** `finished: 4 of 4 epochs (3,440 steps, 220,000 samples in 0:17)`. */
export const ending = ({ reason, progress, best }: typeof Event.RunEnded.Type, config: Schema.Json): string => {
  const { epoch: epochs, step: steps, samples, elapsedSeconds } = progress
  const ended = { status: "ended", reason, config, counts: { epochs, steps, samples } } as const
  const counts = [
    ...(reason === "until epochs" ? [] : [format.plural(epochs, "epoch", "epochs")]),
    ...(reason === "until steps" ? [] : [format.plural(steps, "step", "steps")]),
    ...(reason === "until samples" ? [] : [format.plural(samples, "sample", "samples")])
  ]
  const weights =
    best === undefined
      ? ""
      : `; with the best weights by ${best.monitor} (${format.value(best.value)}, epoch ${best.epoch})`
  return `${Ending.sentence(ended)} (${counts.join(", ")} in ${format.duration(elapsedSeconds)})${weights}`
}

/** Values by their names in the set that the line is about. */
const withoutSet = (set: string, values: { readonly [monitor: string]: number }) =>
  Object.fromEntries(
    Object.entries(values).map(([monitor, value]) => [
      monitor.startsWith(`${set}/`) ? monitor.slice(set.length + 1) : monitor,
      value
    ])
  )

export const validation = ({ name, progress, values }: typeof Event.ValidationEnded.Type): string =>
  `${name} at step ${format.count(progress.step)}  ${format.values(withoutSet(name, values))}`

export const skipped = (byReason: { readonly [reason: string]: number }, epoch: number): string => {
  const total = Object.values(byReason).reduce((sum, number) => sum + number, 0)
  const each = Object.entries(byReason).map(([reason, number]) => `${reason} ${format.count(number)}`)
  return `skipped ${format.plural(total, "batch", "batches")} of epoch ${epoch}: ${each.join(", ")}`
}

/** In the words of the run, whatever the verbosity. */
const always = (event: Event.Known): string | undefined => {
  switch (event._tag) {
    case "RolledBack":
      return `rolled back to step ${event.toStep}: ${event.detail}`
    case "Warned":
      return `warning: ${event.message}`
    case "Tested": {
      const samples = format.plural(event.samples, "sample", "samples")
      return `test on ${samples}  ${format.values(event.values)}  ${event.seconds.toFixed(1)} s`
    }
    case "Interrupted":
      return `interrupted in ${position(event.progress)}`
    case "Failed":
      return `failed: ${event.message}`
    default:
      return undefined
  }
}

const onlyVerbose = (event: Event.Known): string | undefined => {
  switch (event._tag) {
    case "ValidationEnded":
      return validation(event)
    case "BatchSkipped": {
      const detail = event.detail === "" ? "" : `: ${event.detail}`
      return `skipped ${batchAfter(event.progress)} (${event.reason})${detail}`
    }
    case "CheckpointSaved":
      return `saved ${event.path}`
    case "DecisionTaken":
      return `${event.callback} asked to ${decisionText(event.decision)}`
    default:
      return undefined
  }
}

export const of = (event: Event.Known, verbosity: Verbosity): string | undefined => {
  if (event._tag === "RunStarted" || event._tag === "Resumed") {
    return verbosity === "minimal" ? undefined : beginning(event)
  }
  return always(event) ?? (verbosity === "verbose" ? onlyVerbose(event) : undefined)
}
