/** A recorder of events, as a layer. */
import { Events, type Known } from "@etude/core/Event"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Collects every event that is published while the layer is provided. */
export const recorder = (): { readonly events: Array<Known>; readonly layer: Layer.Layer<never> } => {
  const events: Array<Known> = []
  const publish = (event: Known) => Effect.sync(() => void events.push(event))
  return { events, layer: Layer.succeed(Events, { publish }) }
}
