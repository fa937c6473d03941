/** Calls the callbacks' handlers, in the callbacks' order, and joins what they answer. */

import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Answer, BatchHookName, Definition, HookEvents, HookName, Scheduled, TimedPart } from "./Callback.ts"
import * as Decision from "./Decision.ts"
import { CallbackFailed, reasonOf } from "./Errors.ts"
import type { Values } from "./Event.ts"
import type { Progress } from "./Progress.ts"

type Handler = (event: unknown, state: unknown) => unknown

interface Entry {
  readonly definition: Definition
  readonly run: Handler
  readonly when: ((progress: Progress) => boolean) | undefined
}

export interface HookTable {
  /** Calls the plain handlers of a hook of the synchronous loop. Throws `CallbackFailed` when one throws. */
  readonly callSync: <H extends BatchHookName>(hook: H, event: HookEvents[H]) => Decision.Decision
  /** Calls the handlers of a hook; those of `batchEnd` that are scheduled and due. */
  readonly call: <H extends HookName>(hook: H, event: HookEvents[H]) => Effect.Effect<Decision.Decision, any>
  /** Whether a scheduled handler is due at this position. */
  readonly isDue: (progress: Progress) => boolean
  /** Whether a hook has handlers at all, so that its event need not be made for nobody. */
  readonly has: (hook: HookName) => boolean
  /** What the callbacks measure at a logged step, by id. Throws `CallbackFailed` when one throws. */
  readonly measure: (event: HookEvents["batchEnd"]) => { readonly [id: string]: Values }
  /** Tells the callbacks that ask for it how long something took; `undefined` when none does. */
  readonly spent: ((part: TimedPart, milliseconds: number) => void) | undefined
  /** The callbacks' states as JSON, by id. */
  readonly encodeStates: () => { readonly [id: string]: Schema.Json }
}

export interface HookTableOptions {
  readonly callbacks: ReadonlyArray<Definition>
  /** Encoded states to begin with; a callback that is not in it begins with its initial state. */
  readonly states: { readonly [id: string]: Schema.Json }
  /** Told of each decision other than `proceed`. */
  readonly onDecision: (id: string, decision: Decision.Decision) => void
  /** Told, in a sentence, of an optional callback that failed; its handlers are no longer called. */
  readonly onDropped?: (message: string) => void
}

export const make = ({ callbacks, states: encoded, onDecision, onDropped }: HookTableOptions): HookTable => {
  const states = new Map<string, unknown>()
  for (const { id, state } of callbacks) {
    if (state === undefined) continue
    const stored = Object.hasOwn(encoded, id) ? encoded[id] : undefined
    const value: unknown =
      stored === undefined ? state.initial : Schema.decodeUnknownSync(Schema.toCodecJson(state.schema))(stored)
    states.set(id, value)
    state.outside?.restore(value)
  }
  const table = new Map<string, Array<Entry>>()
  for (const definition of callbacks) {
    for (const [hook, handler] of Object.entries(definition.hooks ?? {})) {
      if (handler === undefined) continue
      const scheduled = handler as Scheduled<any, unknown, unknown>
      const entry: Entry =
        typeof handler === "function"
          ? { definition, run: handler as Handler, when: undefined }
          : { definition, run: scheduled.run as Handler, when: scheduled.when }
      table.set(hook, [...(table.get(hook) ?? []), entry])
    }
  }
  const plain = (hook: string) => (table.get(hook) ?? []).filter(({ when }) => when === undefined)
  const syncHandlers = new Map([...table.keys()].map((hook) => [hook, plain(hook)]))
  const scheduled = (table.get("batchEnd") ?? []).filter(({ when }) => when !== undefined)
  const none: ReadonlyArray<Entry> = []

  const absorb = ({ definition }: Entry, answer: Answer<unknown>): Decision.Decision => {
    if (answer === undefined) return Decision.proceed
    let decision: Decision.Decision | undefined
    if (Array.isArray(answer)) {
      states.set(definition.id, answer[0])
      decision = answer[1] as Decision.Decision | undefined
    } else decision = answer as Decision.Decision
    // An observer cannot change a run, whatever its handler gives.
    if (decision === undefined || decision === Decision.proceed || definition.kind === "observer")
      return Decision.proceed
    onDecision(definition.id, decision)
    return Decision.signed(decision, definition.id)
  }
  const failed = (entry: Entry, hook: string, cause: unknown) =>
    cause instanceof CallbackFailed ? cause : new CallbackFailed({ id: entry.definition.id, hook, cause })

  const listeners = callbacks.flatMap(({ onTime }) => onTime ?? [])
  const spent =
    listeners.length === 0
      ? undefined
      : (part: TimedPart, milliseconds: number): void => {
          for (const listener of listeners) listener(part, milliseconds)
        }
  const dropped = new Set<string>()
  const drop = (id: string, hook: string, cause: unknown): void => {
    dropped.add(id)
    onDropped?.(`The run goes on without the callback ${id}, which failed in ${hook}: ${reasonOf(cause)}`)
  }
  const measuring = callbacks.filter(({ measures }) => measures !== undefined)

  return {
    callSync: (hook, event) => {
      const entries = syncHandlers.get(hook) ?? none
      let joined = Decision.proceed
      for (let at = 0; at < entries.length; at++) {
        const entry = entries[at]!
        const { id, optional } = entry.definition
        if (optional === true && dropped.has(id)) continue
        const begin = spent === undefined ? 0 : performance.now()
        let answer: unknown
        try {
          answer = entry.run(event, states.get(id))
        } catch (cause) {
          if (optional !== true) throw failed(entry, hook, cause)
          drop(id, hook, cause)
          continue
        }
        spent?.({ callback: id, hook }, performance.now() - begin)
        joined = Decision.join(joined, absorb(entry, answer as Answer<unknown>))
      }
      return joined
    },
    call: Effect.fnUntraced(function* (hook, event) {
      let joined = Decision.proceed
      for (const entry of hook === "batchEnd" ? scheduled : (table.get(hook) ?? none)) {
        const { id, optional } = entry.definition
        if (entry.when?.(event.progress) === false || dropped.has(id)) continue
        const begin = performance.now()
        const answered = Effect.gen(function* () {
          const result = yield* Effect.try({
            try: () => entry.run(event, states.get(id)),
            catch: (cause) => failed(entry, hook, cause)
          })
          return Effect.isEffect(result) ? yield* result as Effect.Effect<unknown, unknown> : result
        })
        const answer: unknown = yield* optional !== true
          ? answered
          : Effect.catchCause(answered, (cause) => {
              if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
              const error = Cause.squash(cause)
              return Effect.sync(() => drop(id, hook, error instanceof CallbackFailed ? error.cause : error))
            })
        spent?.({ callback: id, hook }, performance.now() - begin)
        joined = Decision.join(joined, absorb(entry, answer as Answer<unknown>))
      }
      return joined
    }),
    isDue: (progress) => scheduled.some(({ when }) => when!(progress)),
    has: (hook) => table.has(hook),
    measure: (event) => {
      const all: Record<string, Values> = {}
      for (const definition of measuring) {
        const { id, optional } = definition
        if (dropped.has(id)) continue
        try {
          all[id] = definition.measures!(event)
        } catch (cause) {
          if (optional !== true) throw new CallbackFailed({ id, hook: "measures", cause })
          drop(id, "measures", cause)
        }
      }
      return all
    },
    spent,
    encodeStates: () => {
      const all: Record<string, Schema.Json> = {}
      for (const { id, state } of callbacks) {
        if (state !== undefined)
          all[id] = Schema.encodeSync(Schema.toCodecJson(state.schema))(
            state.outside?.read() ?? states.get(id)
          ) as Schema.Json
      }
      return all
    }
  }
}
