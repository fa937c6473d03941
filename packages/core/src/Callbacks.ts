/** Builds the layers of callbacks for one run, and puts the callbacks in order. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { CallbackRegistry, type Definition } from "./Callback.ts"
import * as CallbackOrder from "./CallbackOrder.ts"
import type { Problem } from "./Errors.ts"
import type { EventsService } from "./Event.ts"

/**
 * The callbacks that a layer registers, in order, and what is wrong with that order. Their resources live as long as the
 * surrounding scope. A layer is built anew for each run, so that two runs never share a callback's memory.
 */
export const build = <Out, E, R>(
  layer: Layer.Layer<Out, E, R>
): Effect.Effect<
  { readonly callbacks: ReadonlyArray<Definition>; readonly problems: ReadonlyArray<Problem> },
  E,
  Exclude<R, CallbackRegistry> | Scope.Scope
> =>
  Effect.suspend(() => {
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    return Layer.build(Layer.fresh(Layer.provide(layer, registry))).pipe(
      Effect.map(() => {
        const { sorted, problems } = CallbackOrder.sort(definitions)
        return { callbacks: sorted, problems }
      })
    )
  })

/** The sink that tells the callbacks, in their order, and then hands the event on. */
export const listening = (callbacks: ReadonlyArray<Definition>, events: EventsService): EventsService => {
  const listeners = callbacks.flatMap(({ onEvent }) => onEvent ?? [])
  if (listeners.length === 0) return events
  return {
    publish: (event) =>
      Effect.suspend(() => {
        for (const listener of listeners) listener(event)
        return events.publish(event)
      })
  }
}

/** Runs the callbacks' finalizers, each once, in reverse of their order. One that dies does not keep the others from running. */
export const finalize = (
  callbacks: ReadonlyArray<Definition>,
  exit: Exit.Exit<unknown, unknown>
): Effect.Effect<void> =>
  Effect.forEach(
    callbacks.toReversed(),
    ({ id, finalizer }) =>
      finalizer === undefined
        ? Effect.void
        : Effect.catchCause(finalizer(exit), (cause) =>
            Effect.logError(`The finalizer of the callback ${id} died`, cause)
          ),
    { discard: true }
  )
