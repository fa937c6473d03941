/** What a run tells others: events, stamped with their version and with where the run stands. */
import * as Effect from "effect/Effect"
import type { EventsService, Known } from "../../Event.ts"
import type { Progress } from "../../Progress.ts"
import type { StepExecutor } from "../../StepExecutor.ts"

type Tag = Known["_tag"]
/** What an event says beside where the run stands; another position than that where it is another one. */
type Fields<T extends Tag> = Omit<Extract<Known, { readonly _tag: T }>, "version" | "_tag" | "progress"> & {
  readonly progress?: Progress
}

export interface Telling {
  /** Hands on what is waiting, and then this. */
  readonly publish: <T extends Tag>(tag: T, fields: Fields<T>) => Effect.Effect<void>
  readonly warn: (message: string) => Effect.Effect<void>
  /** Keeps an event of a synchronous stretch, in order, until it can be published. */
  readonly note: <T extends Tag>(tag: T, fields: Fields<T>) => void
  /** Hands on what is waiting. */
  readonly flush: Effect.Effect<void>
}

export interface Place {
  /** Where the run stands. */
  readonly progress: () => Progress
  /** The same, with the seconds until now. */
  readonly now: () => Progress
}

const stamped = <T extends Tag>(tag: T, progress: Progress, fields: Fields<T>) =>
  ({ version: 1, _tag: tag, progress, ...fields }) as object as Known // the fields are those of the tag

export const make = (events: EventsService, { takeNotes }: StepExecutor["Service"], place: Place): Telling => {
  const waiting: Array<Known> = []
  const note: Telling["note"] = (tag, fields) => void waiting.push(stamped(tag, place.progress(), fields))
  const flush = Effect.suspend(() => {
    for (const message of takeNotes?.() ?? []) note("Warned", { message })
    return waiting.length === 0 ? Effect.void : Effect.forEach(waiting.splice(0), events.publish, { discard: true })
  })
  const publish: Telling["publish"] = (tag, fields) =>
    Effect.suspend(() => Effect.andThen(flush, events.publish(stamped(tag, place.now(), fields))))
  return { publish, note, flush, warn: (message) => publish("Warned", { message }) }
}
