/** Builds the layers of callbacks for one run, and puts the callbacks in order. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Problem } from "../../Errors.ts"
import type { EventsService } from "../../Event.ts"
import * as CallbackOrder from "./CallbackOrder.ts"
import { CallbackRegistry, type Definition } from "./Definition.ts"

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

/** The callbacks of a run that is open, and the end of them, which comes once. */
export interface Open extends Built {
  readonly finalize: (exit?: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

/** What layers have registered, and the finalizers of all of it, those without a place in the order first. */
const collect = () => {
  const definitions: Array<Definition> = []
  let isFinished = false
  return {
    registry: Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    }),
    sorted: () => CallbackOrder.sort(definitions),
    finalize: (exit: Exit.Exit<unknown, unknown> = Exit.void) =>
      Effect.suspend(() => {
        if (isFinished) return Effect.void
        isFinished = true
        const { sorted } = CallbackOrder.sort(definitions)
        return finalize([...definitions.filter((definition) => !sorted.includes(definition)), ...sorted], exit)
      })
  }
}

/**
 * Builds the callbacks that a layer registers. Their finalizers run once, in reverse of their order, when the scope closes and
 * however that comes about, a refusal before the first step and a layer that cannot be built (for those that have registered)
 * among it. Their resources are released after that. A layer is built anew for each run, so that two runs never share a
 * callback's memory.
 */
export const open = <Out, LE, LR>(
  layer: Layer.Layer<Out, LE, LR>
): Effect.Effect<Open, LE, Exclude<LR, CallbackRegistry> | Scope.Scope> =>
  Effect.suspend(() => {
    const { registry, sorted, finalize } = collect()
    return Layer.build(Layer.fresh(Layer.provide(layer, registry))).pipe(
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.addFinalizer(finalize) : finalize(exit))),
      Effect.map(() => {
        const { sorted: callbacks, problems } = sorted()
        return { callbacks, problems, finalize }
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
