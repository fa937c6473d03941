/** Builds the layers of callbacks for one run, and puts the callbacks in order. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { CallbackRegistry, type Definition } from "./Callback.ts"
import * as CallbackOrder from "./CallbackOrder.ts"
import type { Problem } from "./Errors.ts"
import type { EventsService } from "./Event.ts"

/** The callbacks of a run. */
export interface Built {
  /** In order; without those that have no place in one (doubled ids, a cycle). */
  readonly callbacks: ReadonlyArray<Definition>
  /** What is wrong with ids and order. */
  readonly problems: ReadonlyArray<Problem>
}

/** Runs the callbacks' finalizers, each once, in reverse of their order. One that dies does not keep the others from running. */
const finalize = (callbacks: ReadonlyArray<Definition>, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
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

/**
 * Builds the callbacks that a layer registers and runs `body` with them. Their finalizers run once, in reverse of their order,
 * however that ends, a refusal before the first step and a layer that cannot be built (for those that have registered) among
 * it. Their resources live as long as the surrounding scope. A layer is built anew for each run, so that two runs never share a
 * callback's memory.
 */
export const use = <Out, LE, LR, A, E, R>(
  layer: Layer.Layer<Out, LE, LR>,
  body: (built: Built) => Effect.Effect<A, E, R>
): Effect.Effect<A, LE | E, Exclude<LR, CallbackRegistry> | R | Scope.Scope> =>
  Effect.suspend(() => {
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    const finish = (exit: Exit.Exit<unknown, unknown>) => {
      const { sorted } = CallbackOrder.sort(definitions)
      const placeless = definitions.filter((definition) => !sorted.includes(definition))
      return finalize([...placeless, ...sorted], exit)
    }
    return Layer.build(Layer.fresh(Layer.provide(layer, registry))).pipe(
      Effect.flatMap(() => {
        const { sorted, problems } = CallbackOrder.sort(definitions)
        return body({ callbacks: sorted, problems })
      }),
      Effect.onExit((exit) => finish(exit))
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
