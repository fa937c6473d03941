/**
 * The events of a run as a file of JSON lines, `events.jsonl`: one event a line, in order. `layer` appends to it during
 * the run, `read` returns them.
 */
import * as Event from "@etude/core/Event"
import { element } from "@etude/core/Lookup"
import * as Monotonic from "@etude/core/Monotonic"
import { systemReason } from "@etude/core/SystemReason"
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"

/** An events file that cannot be read or written. `problems` names lines by number, from 1. */
export class EventsFileError extends Schema.TaggedError<EventsFileError>()("EventsFileError", {
  path: Schema.String,
  reason: Schema.Literals(["missing", "unreadable", "corrupt", "unwritable"]),
  problems: Schema.Array(Schema.String),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    const problem = this.reason === "unwritable" ? "cannot be written" : `is ${this.reason}`
    return `The events file ${this.path} ${problem}: ${this.problems.join("; ")}.`
  }
}

/** Another process writes the file by now. */
class Superseded extends Schema.TaggedError<Superseded>()("Superseded", { message: Schema.String }) {}

const newline = 0x0a
const textEncoder = new TextEncoder()

/** One event as a line. */
const lineOf = (event: Event.Known): string => `${JSON.stringify(Event.encode(event))}\n`

export interface Read {
  readonly events: ReadonlyArray<Event.Event>
  /** The last line, where the process died in the middle of writing it; it is not among the events. */
  readonly torn: string | undefined
}

const parseLine = (line: string): { readonly event: Event.Event } | undefined => {
  try {
    return { event: Event.decode(JSON.parse(line) as Schema.Json) }
  } catch {
    return undefined
  }
}

const corrupt = (path: string, problems: ReadonlyArray<string>) =>
  new EventsFileError({ path, reason: "corrupt", problems })

/**
 * The events in the text of a file. Events of other versions are `Unknown`. A last line without an end that is no JSON is
 * `torn`; any other line that is no JSON is an error.
 */
export const parse = (text: string, path: string): Effect.Effect<Read, EventsFileError> =>
  Effect.suspend(() => {
    const lines = text.split("\n")
    const rest = element(lines.splice(-1), 0)
    const events: Array<Event.Event> = []
    const problems: Array<string> = []
    for (const [index, line] of lines.entries()) {
      if (line.trim() === "") continue
      const parsed = parseLine(line)
      if (parsed === undefined) problems.push(`line ${index + 1} is not JSON: ${line.slice(0, 60)}`)
      else events.push(parsed.event)
    }
    if (problems.length > 0) return Effect.fail(corrupt(path, problems))
    const last = rest === "" ? undefined : parseLine(rest)
    if (last !== undefined) events.push(last.event)
    return Effect.succeed({ events, torn: rest === "" || last !== undefined ? undefined : rest })
  })

/** What could be read of a file of events. */
export interface Recovered {
  readonly events: ReadonlyArray<Event.Event>
  /** What was passed over, as sentences about the file. */
  readonly problems: ReadonlyArray<string>
}

/** The events in the text of a file, whatever else is in it: lines that hold none are passed over and named. */
export const recover = (text: string): Recovered => {
  const lines = text.split("\n")
  const damaged: Array<number> = []
  const events = lines.flatMap((line, index) => {
    if (line.trim() === "") return []
    const parsed = parseLine(line)
    if (parsed !== undefined) return [parsed.event]
    // A last line without its end is what a process leaves that dies while it writes.
    if (index < lines.length - 1) damaged.push(index + 1)
    return []
  })
  if (damaged.length === 0) return { events, problems: [] }
  const shown = damaged.slice(0, 5).join(", ") + (damaged.length > 5 ? ` and ${damaged.length - 5} more` : "")
  return { events, problems: [`${damaged.length === 1 ? "line" : "lines"} ${shown} cannot be read`] }
}

/** What can be read of a file that may be damaged or missing. Never fails. */
export const readDamaged = (path: string): Effect.Effect<Recovered, never, FileSystem.FileSystem> =>
  FileSystem.FileSystem.use((fs) => fs.readFile(path)).pipe(
    Effect.match({
      onFailure: (cause): Recovered => ({
        events: [],
        problems: [cause.reason._tag === "NotFound" ? "it is missing" : `it cannot be read: ${cause.message}`]
      }),
      onSuccess: (bytes) => recover(new TextDecoder().decode(bytes))
    })
  )

/** The text of a file that holds these events. */
export const textOf = (events: ReadonlyArray<Event.Known>): string => events.map(lineOf).join("")

/** Reads the events of a file. The whole file is read into memory. */
export const read = (path: string): Effect.Effect<Read, EventsFileError, FileSystem.FileSystem> =>
  FileSystem.FileSystem.use((fs) => fs.readFile(path)).pipe(
    Effect.mapError((cause) => {
      const missing = cause.reason._tag === "NotFound"
      const problems = [missing ? "there is no such file" : (systemReason(cause) ?? cause.message)]
      return new EventsFileError({ path, reason: missing ? "missing" : "unreadable", problems, cause })
    }),
    Effect.flatMap((bytes) => parse(new TextDecoder().decode(bytes), path))
  )

export interface Options {
  /** Its directory must exist. A file that exists is appended to; a torn last line is removed first. */
  readonly path: string
  /** Events that wait for the writer before the run has to. Default 1024. */
  readonly capacity?: number
  /** Asked before each write; where it fails, a later process has taken the file over, and nothing more is written. */
  readonly guard?: Effect.Effect<void, { readonly message: string }>
}

const retries = Schedule.max([Schedule.exponential("100 millis"), Schedule.recurs(5)])

/** The length up to which a file holds whole lines, and whether the last of them lacks its end. */
const wholeLines = (bytes: Uint8Array): { readonly length: number; readonly ended: boolean } => {
  const length = bytes.lastIndexOf(newline) + 1
  if (length === bytes.length) return { length, ended: true }
  const last = parseLine(new TextDecoder().decode(bytes.subarray(length)))
  return last === undefined ? { length, ended: true } : { length: bytes.length, ended: false }
}

/**
 * Puts a copy in the place of a link to another file: events are appended to a file of the run's own, and never to what someone
 * made it point to. Links to a terminal or a pipe stay.
 */
const unlink = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const target = yield* Effect.option(fs.readLink(path))
  if (Option.isNone(target)) return
  const type = yield* fs.stat(path).pipe(
    Effect.map((info) => info.type),
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed("File"))
  )
  if (type !== "File") return
  const content = yield* fs
    .readFile(path)
    .pipe(Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed(new Uint8Array(0))))
  yield* fs.remove(path)
  yield* fs.writeFile(path, content, { flag: "wx" })
})

/** Appends text as a whole: what a failed try left behind is cut off before the next one. */
const makeAppend = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  yield* unlink(path)
  const content = yield* fs.readFile(path).pipe(
    Effect.map(wholeLines),
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed({ length: 0, ended: true }))
  )
  const file = yield* fs.open(path, { flag: "a" })
  yield* file.truncate(content.length)
  let length = content.length
  const append = Effect.fnUntraced(function* (text: string) {
    const bytes = textEncoder.encode(text)
    yield* file.writeAll(bytes).pipe(
      Effect.tapError(() => Effect.ignore(file.truncate(length))),
      Effect.retry(retries)
    )
    length += bytes.length
  })
  if (!content.ended) yield* append("\n")
  return { append, sync: file.sync }
})

/**
 * Core's `Events`, appended to a file. Events wait in a bounded queue for a fiber that writes them all at once; a full
 * queue makes the run wait. On every exit of the scope what waits is written, and the file synced.
 *
 * Fails with `EventsFileError` when the file cannot be opened. A write that fails later is tried again (6 times in 3
 * seconds); then an error is logged, and the run continues without its events: a full disk does not end a training run.
 */
export const layer = ({
  path,
  capacity = 1024,
  guard = Effect.void
}: Options): Layer.Layer<never, EventsFileError, FileSystem.FileSystem> =>
  Layer.effect(
    Event.Events,
    Effect.gen(function* () {
      const { append, sync } = yield* makeAppend(path).pipe(
        Effect.mapError(
          (cause) =>
            new EventsFileError({ path, reason: "unwritable", problems: [systemReason(cause) ?? cause.message], cause })
        )
      )
      const queue = yield* Queue.bounded<Event.Known, Cause.Done>(capacity)
      const gaveUp = (message: string) => Effect.logError(`Events are no longer written to ${path}: ${message}`)
      const write = Effect.gen(function* () {
        for (;;) {
          const events = yield* Queue.takeAll(queue)
          yield* Effect.mapError(guard, ({ message }) => new Superseded({ message }))
          yield* append(events.map(lineOf).join(""))
        }
      }).pipe(
        Effect.catchTag("PlatformError", (error) => gaveUp(systemReason(error) ?? error.message)),
        Effect.catchTag("Superseded", ({ message }) => gaveUp(message)),
        // A writer that waits for room in the queue must not wait for ever.
        Effect.andThen(Effect.forever(Queue.takeAll(queue))),
        Effect.catchTag("Done", () => Effect.void)
      )
      const writer = yield* Effect.forkScoped(write)
      yield* Effect.addFinalizer(() =>
        Queue.end(queue).pipe(Effect.andThen(Fiber.await(writer)), Effect.andThen(Effect.ignore(sync)))
      )
      const clock = yield* Clock.Clock
      let waited = 0
      yield* Effect.addFinalizer(() =>
        Effect.suspend(() => Effect.logDebug(`The run waited ${waited / 1000} s for ${path}`))
      )
      const publish = (event: Event.Known) =>
        Effect.suspend(() => {
          if (Queue.offerUnsafe(queue, event)) return Effect.void
          // The queue is full, and the run waits for the disk.
          const begin = Monotonic.milliseconds(clock)
          return Effect.map(Queue.offer(queue, event), () => {
            waited += Monotonic.milliseconds(clock) - begin
          })
        })
      return { publish }
    })
  )
