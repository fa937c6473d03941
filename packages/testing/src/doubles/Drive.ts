/** `Callback.drive` with a run that never changes around it: events of its beginning, and epochs of two batches. */
import * as Callback from "@etude/core/Callback"
import type { Decision } from "@etude/core/Decision"
import type { CallbackFailed } from "@etude/core/Errors"
import type * as Event from "@etude/core/Event"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

type Directions = { readonly [monitor: string]: "higher" | "lower" }

const monitorsOf = (directions: Directions) =>
  Object.fromEntries(
    Object.entries(directions).map(([monitor, better]) => {
      const [set = "", ...metric] = monitor.split("/")
      return [monitor, { set, metric: metric.join("/"), better }]
    })
  )

const settingOf = (monitors: ReturnType<typeof monitorsOf>) => ({
  task: "tiny",
  seed: 7,
  config: { until: { epochs: 2 } },
  parameters: 10,
  trainSamples: 8,
  batchesPerEpoch: 2,
  monitors,
  backend: { name: "cpu", version: "4.22.0", device: "CPU", reason: "requested" },
  executor: "eager"
})

/** An event as tests write it: without version and progress. */
type Fields = { readonly _tag: string } & { readonly [field: string]: unknown }

/** One epoch of two batches, with values at its end. */
const epoch = Effect.fnUntraced(function* <E>(
  run: Callback.Driven<E>,
  event: (fields: Fields) => void,
  values: Event.Values
) {
  const { step, samples, epoch } = run.progress()
  run.move({ step: step + 2, samples: samples + 8, batch: 2 })
  const validation = Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith("train/")))
  if (Object.keys(validation).length > 0) {
    event({ _tag: "ValidationEnded", name: "validation", samples: 4, values: validation, seconds: 1 })
    yield* run.call("validationEnd", { name: "validation", values: validation, results: {} })
  }
  run.move({ epoch: epoch + 1, batch: 0 })
  event({ _tag: "EpochEnded", values, learningRate: 0.1, seconds: 2 })
  yield* run.call("epochEnd", { values })
})

/** Options as those of `Callback.drive`, with a direction for each monitor instead of its whole description. */
export interface DriveOptions extends Omit<Callback.DriveOptions, "monitors"> {
  readonly monitors?: Directions
}

/** What `Callback.drive` gives, and a run's beginning and its epochs in one call each. */
export interface Driven<E> extends Omit<Callback.Driven<E>, "decisions" | "event"> {
  readonly decisions: ReadonlyArray<readonly [callback: string, decision: Decision]>
  readonly event: (fields: Fields | Event.Known) => void
  readonly start: () => void
  readonly resume: () => void
  readonly epoch: (values: Event.Values) => Effect.Effect<void, E | CallbackFailed>
}

/** Callbacks as the loop drives them, without a loop: hooks are called by hand, decisions and states looked at. */
export const drive = <Out, E, R>(
  layer: Layer.Layer<Out, E, R>,
  options: DriveOptions = {}
): Effect.Effect<Driven<Callback.ErrorOf<Out>>, E, Scope.Scope | Exclude<R, Callback.CallbackRegistry>> => {
  const monitors = monitorsOf(options.monitors ?? { "train/loss": "lower", "validation/loss": "lower" })
  return Effect.map(Callback.drive(layer, { ...options, monitors }), (run) => {
    const event = (fields: Fields | Event.Known) =>
      run.event({ version: 1, progress: run.progress(), ...fields } as object as Event.Known)
    return {
      ...run,
      get decisions() {
        return run.decisions.map(({ callback, decision }) => [callback, decision] as const)
      },
      event,
      start: () => event({ _tag: "RunStarted", ...settingOf(monitors) }),
      resume: () => event({ _tag: "Resumed", attempt: 2, ...settingOf(monitors) }),
      epoch: (values: Event.Values) => epoch(run, event, values)
    }
  })
}
