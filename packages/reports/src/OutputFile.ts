/**
 * Files that callbacks write: text or bytes are noted at once and written when the run comes by a boundary, which waits for
 * the disk. What is written is complete after each flush, and on every exit.
 */
import type { HookEvents } from "@etude/core/Callback"
import type { Problem } from "@etude/core/Errors"
import * as Monotonic from "@etude/core/Monotonic"
import type { Progress } from "@etude/core/Progress"
import { systemReason } from "@etude/core/SystemReason"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"

/** A file that a callback could not write. */
export class OutputFileError extends Schema.TaggedError<OutputFileError>()("OutputFileError", {
  callback: Schema.String,
  path: Schema.String,
  reason: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return (
      `The callback ${this.callback} could not write ${this.path}: ${this.reason}. ` +
      "A run that should go on without it takes it as Callback.optional(layer)."
    )
  }
}

export interface Written {
  readonly bytes: number
  /** How long the run has waited for the disk. */
  readonly waitedSeconds: number
}

export interface OutputFile {
  /**
   * What follows goes to this file. An existing one is replaced, or, with `rewrite`, goes on as that leaves its text. The
   * folders on its path are made.
   */
  readonly begin: (path: string, rewrite?: (text: string) => string) => void
  readonly write: (data: string | Uint8Array) => void
  /** Writes what is noted, and waits until it is with the operating system. */
  readonly flush: Effect.Effect<void, OutputFileError>
  /** Writes what is noted and syncs the file; an error is logged. For finalizers. */
  readonly close: Effect.Effect<void>
  /** For `check`: what is wrong with the folder of `path`. */
  readonly check: (path: string) => Effect.Effect<ReadonlyArray<Problem>>
  readonly written: () => Written
}

type Task =
  | { readonly _tag: "Begin"; readonly path: string; readonly rewrite: ((text: string) => string) | undefined }
  | { readonly _tag: "Write"; readonly bytes: Uint8Array }

const textEncoder = new TextEncoder()

/** The folder of a path; "." where it has none. */
export const folderOf = (path: string): string => {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"))
  return end < 0 ? "." : end === 0 ? path.slice(0, 1) : path.slice(0, end)
}

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A file of the callback with that id. It is closed with the surrounding scope. */
export const make = Effect.fnUntraced(function* (
  callback: string
): Effect.fn.Return<OutputFile, never, FileSystem.FileSystem | Scope.Scope> {
  const [fs, scope, clock] = [yield* FileSystem.FileSystem, yield* Effect.scope, yield* Clock.Clock]
  let tasks: Array<Task> = []
  let current: { readonly path: string; readonly file: FileSystem.File; length: number } | undefined
  let [bytes, waited] = [0, 0]

  /** Whether something other than a file or nothing is there: a device or a pipe is written to, never replaced. */
  const isSpecial = (path: string) =>
    fs.stat(path).pipe(
      Effect.map(({ type }) => type !== "File"),
      Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed(false))
    )

  const open = Effect.fnUntraced(function* ({ path, rewrite }: Extract<Task, { readonly _tag: "Begin" }>) {
    yield* fs.makeDirectory(folderOf(path), { recursive: true })
    if (yield* isSpecial(path)) {
      const file = yield* Scope.provide(fs.open(path, { flag: "a" }), scope)
      current = { path, file, length: 0 }
      return rewrite === undefined ? undefined : yield* append(textEncoder.encode(rewrite("")))
    }
    const text =
      rewrite === undefined
        ? ""
        : yield* fs.readFileString(path).pipe(Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed("")))
    const kept = textEncoder.encode(rewrite?.(text) ?? "")
    // A process that dies here leaves the old file or the new one.
    // A link that lies in the place of the temporary file goes, and is not followed.
    yield* fs.remove(`${path}.tmp`, { force: true })
    yield* fs.writeFile(`${path}.tmp`, kept, { flag: "wx" })
    yield* fs.rename(`${path}.tmp`, path)
    const file = yield* Scope.provide(fs.open(path, { flag: "a" }), scope)
    const { length } = kept
    current = { path, file, length }
  })

  const append = Effect.fnUntraced(function* (data: Uint8Array) {
    const { file, length } = current!
    // What a failed try left behind goes first.
    yield* Effect.tapError(file.writeAll(data), () => Effect.ignore(file.truncate(length)))
    current!.length += data.length
    bytes += data.length
  })

  const run = Effect.gen(function* () {
    while (tasks.length > 0) {
      const first = tasks[0]!
      if (first._tag === "Begin") {
        yield* open(first)
        tasks = tasks.slice(1)
        continue
      }
      const end = tasks.findIndex(({ _tag }) => _tag === "Begin")
      const writes = end < 0 ? tasks : tasks.slice(0, end)
      yield* append(joined(writes.map((task) => (task as Extract<Task, { readonly _tag: "Write" }>).bytes)))
      tasks = tasks.slice(writes.length)
    }
  })

  const pathNow = () => tasks.find((task) => task._tag === "Begin")?.path ?? current?.path ?? "its file"
  const flush = Effect.suspend(() => {
    if (tasks.length === 0) return Effect.void
    const begin = Monotonic.milliseconds(clock)
    return Effect.uninterruptible(run).pipe(
      Effect.mapError(
        (cause: PlatformError) =>
          new OutputFileError({ callback, path: pathNow(), reason: systemReason(cause) ?? cause.message, cause })
      ),
      Effect.ensuring(
        Effect.sync(() => {
          waited += (Monotonic.milliseconds(clock) - begin) / 1000
        })
      )
    )
  })

  return {
    begin: (path, rewrite) => void tasks.push({ _tag: "Begin", path, rewrite }),
    write: (data) =>
      void tasks.push({ _tag: "Write", bytes: typeof data === "string" ? textEncoder.encode(data) : data }),
    flush,
    close: Effect.suspend(() => flush).pipe(
      Effect.andThen(Effect.suspend(() => Effect.ignore(current?.file.sync ?? Effect.void))),
      Effect.catch((error) => Effect.logError(error.message)),
      Effect.andThen(
        Effect.suspend(() =>
          Effect.logDebug(
            `${callback} wrote ${bytes} bytes to ${pathNow()}; the run waited ${waited.toFixed(3)} s for it`
          )
        )
      )
    ),
    check: (path) =>
      fs.makeDirectory(folderOf(path), { recursive: true }).pipe(
        Effect.andThen(fs.access(folderOf(path), { writable: true })),
        Effect.as<ReadonlyArray<Problem>>([]),
        Effect.catch((error) =>
          Effect.succeed([
            {
              path: `callbacks.${callback}`,
              message: `the folder ${folderOf(path)} cannot be written to: ${error.message}`
            }
          ])
        )
      ),
    written: () => ({ bytes, waitedSeconds: waited })
  }
})

/**
 * The hooks at which a file is flushed: boundaries, the end, and every so many steps between them. Whenever a checkpoint is
 * saved too, since a run that is killed and goes on from there will not write again what came before it.
 */
export const flushing = (file: OutputFile, everySteps: number) => {
  const flush = () => file.flush
  return {
    trainBegin: flush,
    validationEnd: flush,
    epochEnd: flush,
    checkpointSaved: flush,
    trainEnd: flush,
    testEnd: flush,
    batchEnd: {
      when: ({ step }: Progress) => step % everySteps === 0,
      run: (_event: HookEvents["batchEnd"]) => file.flush
    }
  }
}
