import { CallbackRegistry, type Definition, type HookEvents, type HookName } from "@etude/core/Callback"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

/** Builds a callback's layer and gives what it registered, with its hooks called as the loop calls them. */
export const registered = <Out, E, R>(layer: Layer.Layer<Out, E, R>) =>
  Effect.gen(function* () {
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    yield* Layer.build(Layer.provide(layer, registry))
    const definition = definitions[0]!
    return {
      definition,
      call: <H extends HookName>(hook: H, event: Omit<HookEvents[H], "state">): void => {
        const handler = definition.hooks?.[hook] as ((event: unknown) => void) | undefined
        handler?.({ state: () => assertUnused(), ...event })
      },
      event: definition.onEvent!,
      finalize: definition.finalizer!(Exit.void)
    }
  })

const assertUnused = (): never => {
  throw new Error("progress has no need of the state")
}
