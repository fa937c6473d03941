/** Places for a run's events, and several of them at once. */
import * as Event from "@etude/core/Event"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * Sends every event to several sinks, one after the other in this order, and waits for each. Merging their layers would
 * keep only the last.
 *
 * ```ts
 * const events = EventSinks.combine(EventsFile.layer({ path: "runs/1/events.jsonl" }), remote)
 * ```
 */
export const combine = <const Layers extends ReadonlyArray<Layer.Layer<never, any, any>>>(
  ...layers: Layers
): Layer.Layer<never, Layer.Error<Layers[number]>, Layer.Services<Layers[number]>> =>
  Layer.effect(
    Event.Events,
    Effect.gen(function* () {
      const sinks: Array<Event.EventsService> = []
      for (const layer of layers) sinks.push(Context.get(yield* Layer.build(layer), Event.Events))
      return { publish: (event) => Effect.forEach(sinks, (sink) => sink.publish(event), { discard: true }) }
    })
  ) as Layer.Layer<never, any, any> // the layers' errors and services are those of the signature

/** A sink that keeps events in an array, for tests and for reports of runs that write no file. */
export const memory = (events: Array<Event.Known>): Layer.Layer<never> =>
  Layer.succeed(Event.Events, { publish: (event) => Effect.sync(() => void events.push(event)) })
