/** The states of callbacks while a run runs: decoded, by id. They are encoded where they are saved or looked at. */
import * as Schema from "effect/Schema"
import type { CallbackState, Definition } from "./Definition.ts"

export interface States {
  /** Those of stateful callbacks. */
  readonly values: ReadonlyMap<string, unknown>
  /** Optional callbacks that failed: none of their handlers is called any more. */
  readonly dropped: ReadonlyArray<string>
}

export type Encoded = { readonly [id: string]: Schema.Json }

export const withState = (states: States, id: string, state: unknown): States => ({
  ...states,
  values: new Map(states.values).set(id, state)
})

export const withDropped = (states: States, id: string): States => ({ ...states, dropped: [...states.dropped, id] })

export const isDropped = ({ dropped }: States, id: string): boolean => dropped.length > 0 && dropped.includes(id)

const codecOf = ({ schema }: CallbackState<any>) => Schema.toCodecJson(schema)

/** The states to begin with: a callback that is not in `encoded` begins with its initial state. */
export const decode = (callbacks: ReadonlyArray<Definition>, encoded: Encoded): States => {
  const values = new Map<string, unknown>()
  for (const { id, state } of callbacks) {
    if (state === undefined) continue
    const stored = Object.hasOwn(encoded, id) ? encoded[id] : undefined
    const value: unknown = stored === undefined ? state.initial : Schema.decodeUnknownSync(codecOf(state))(stored)
    values.set(id, value)
    state.outside?.restore(value)
  }
  return { values, dropped: [] }
}

/** The states, with copies of those that are kept outside: these keep changing. */
export const withOutside = (callbacks: ReadonlyArray<Definition>, states: States): States => {
  let current = states
  for (const { id, state } of callbacks) {
    if (state?.outside === undefined) continue
    const encoded = Schema.encodeSync(codecOf(state))(state.outside.read())
    current = withState(current, id, Schema.decodeUnknownSync(codecOf(state))(encoded))
  }
  return current
}

/** The states as JSON, by id. */
export const encode = (callbacks: ReadonlyArray<Definition>, { values }: States): Encoded =>
  Object.fromEntries(
    callbacks.flatMap(({ id, state }) =>
      state === undefined ? [] : [[id, Schema.encodeSync(codecOf(state))(values.get(id)) as Schema.Json] as const]
    )
  )
