import { CallbackRegistry, type Definition, type HookEvents, type HookName } from "@etude/core/Callback"
import * as CallbackOrder from "@etude/core/CallbackOrder"
import type * as Decision from "@etude/core/Decision"
import type * as Event from "@etude/core/Event"
import * as HookTable from "@etude/core/HookTable"
import type { Progress } from "@etude/core/Progress"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"

/** Callbacks as the loop drives them, without a loop: hooks are called by hand, decisions and states looked at. */
export const drive = <Out, E, R>(
  layer: Layer.Layer<Out, E, R>,
  options: {
    readonly monitors?: { readonly [monitor: string]: "higher" | "lower" }
    readonly states?: { readonly [id: string]: Schema.Json }
    readonly state?: () => never
  } = {}
) =>
  Effect.gen(function* () {
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    yield* Layer.build(Layer.fresh(Layer.provide(layer, registry)))
    const callbacks = CallbackOrder.sort(definitions).sorted
    const decisions: Array<readonly [id: string, decision: Decision.Decision]> = []
    const dropped: Array<string> = []
    const table = HookTable.make({
      callbacks,
      states: options.states ?? {},
      onDecision: (id, decision) => void decisions.push([id, decision]),
      onDropped: (message) => void dropped.push(message)
    })
    let progress: Progress = { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 0 }
    const event = (fields: object) => {
      for (const { onEvent } of callbacks) onEvent?.({ version: 1, progress, ...fields } as Event.Known)
    }
    const call = <H extends HookName>(hook: H, own: object = {}) =>
      Effect.suspend(() => {
        const at = { progress, monitors, state: options.state ?? unused, ...own } as unknown as HookEvents[H]
        const plain = hook === "batchEnd" ? table.callSync("batchEnd", at as HookEvents["batchEnd"]) : undefined
        return Effect.map(table.call(hook, at), (decision) => plain ?? decision)
      })
    const directions = options.monitors ?? { "train/loss": "lower", "validation/loss": "lower" }
    const monitors = Object.fromEntries(
      Object.entries(directions).map(([monitor, better]) => {
        const [set, ...metric] = monitor.split("/")
        return [monitor, { set: set!, metric: metric.join("/"), better }]
      })
    )
    const setting = {
      task: "tiny",
      seed: 7,
      config: { until: { epochs: 2 } },
      parameters: 10,
      trainSamples: 8,
      batchesPerEpoch: 2,
      monitors,
      backend: { name: "cpu", version: "4.22.0", device: "CPU", reason: "asked for" },
      executor: "eager"
    }
    return {
      callbacks,
      table,
      decisions,
      dropped,
      call,
      event,
      move: (by: Partial<Progress>) => {
        progress = { ...progress, ...by }
      },
      progress: () => progress,
      start: () => event({ _tag: "RunStarted", ...setting }),
      resume: () => event({ _tag: "Resumed", attempt: 2, ...setting }),
      /** One epoch of two batches, with values at its end. */
      epoch: (values: Event.Values) =>
        Effect.gen(function* () {
          progress = { ...progress, step: progress.step + 2, samples: progress.samples + 8, batch: 2 }
          const validation = Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith("train/")))
          if (Object.keys(validation).length > 0) {
            event({ _tag: "ValidationEnded", name: "validation", samples: 4, values: validation, seconds: 1 })
            yield* call("validationEnd", { name: "validation", values: validation, results: {} })
          }
          progress = { ...progress, epoch: progress.epoch + 1, batch: 0 }
          event({ _tag: "EpochEnded", values, learningRate: 0.1, seconds: 2 })
          yield* call("epochEnd", { values })
        }),
      finalize: (exit: Exit.Exit<unknown, unknown> = Exit.void) =>
        Effect.forEach(callbacks.toReversed(), ({ finalizer }) => finalizer?.(exit) ?? Effect.void, { discard: true })
    }
  })

const unused = (): never => {
  throw new Error("there is no state here")
}
