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
      "To continue without it, use Callback.optional(layer)."
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
   * Later writes go to this file. An existing one is replaced, or, with `rewrite`, continues after the text that it returns. The
   * folders on its path are made.
   */
  readonly begin: (path: string, rewrite?: (text: string) => string) => void
  readonly write: (data: string | Uint8Array) => void
  /** Writes what is noted, and waits until it is with the operating system. */
  readonly flush: Effect.Effect<void, OutputFileError>
  /** Writes what is noted and syncs the file; an error is logged. For finalizers. */
  readonly close: Effect.Effect<void>
  /** For `check`: the problems of the folder of `path`. */
  readonly check: (path: string) => Effect.Effect<ReadonlyArray<Problem>>
  readonly written: () => Written
}

interface Begin {
  readonly _tag: "Begin"
  readonly path: string
  readonly rewrite: ((text: string) => string) | undefined
}
type Task = Begin | { readonly _tag: "Write"; readonly bytes: Uint8Array }

const textEncoder = new TextEncoder()

/** The folder of a path; "." where it has none. */
export const folderOf = (path: string): string => {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"))
  return end < 0 ? "." : end === 0 ? path.slice(0, 1) : path.slice(0, end)
}

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let index = 0
  for (const part of parts) {
    whole.set(part, index)
    index += part.length
  }
  return whole
}

interface OpenFile {
  readonly path: string
  readonly file: FileSystem.File
  length: number
}

/** What is noted and not yet written, the file that it goes to, and what it took so far. */
interface Writing {
  readonly callback: string
  readonly fs: FileSystem.FileSystem
  readonly scope: Scope.Scope
  readonly clock: Clock.Clock
  tasks: Array<Task>
  current: OpenFile | undefined
  bytes: number
  waitedSeconds: number
}

/** Whether something other than a file or nothing is there: a device or a pipe is written to, never replaced. */
const isSpecial = ({ fs }: Writing, path: string) =>
  fs.stat(path).pipe(
    Effect.map(({ type }) => type !== "File"),
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed(false))
  )

const append = Effect.fnUntraced(function* (writing: Writing, open: OpenFile, data: Uint8Array) {
  // What a failed try left behind goes first.
  yield* Effect.tapError(open.file.writeAll(data), () => Effect.ignore(open.file.truncate(open.length)))
  open.length += data.length
  writing.bytes += data.length
})

const forAppending = ({ fs, scope }: Writing, path: string) => Scope.provide(fs.open(path, { flag: "a" }), scope)

/** Replaces the file by its kept part. A process that dies here leaves the old file or the new one. */
const replace = Effect.fnUntraced(function* ({ fs }: Writing, { path, rewrite }: Begin) {
  const text =
    rewrite === undefined
      ? ""
      : yield* fs.readFileString(path).pipe(Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed("")))
  const kept = textEncoder.encode(rewrite?.(text) ?? "")
  // A link in place of the temporary file is removed, not followed.
  yield* fs.remove(`${path}.tmp`, { force: true })
  yield* fs.writeFile(`${path}.tmp`, kept, { flag: "wx" })
  yield* fs.rename(`${path}.tmp`, path)
  return kept.length
})

const open = Effect.fnUntraced(function* (writing: Writing, begin: Begin) {
  const { path, rewrite } = begin
  yield* writing.fs.makeDirectory(folderOf(path), { recursive: true })
  if (yield* isSpecial(writing, path)) {
    const special = { path, file: yield* forAppending(writing, path), length: 0 }
    writing.current = special
    return rewrite === undefined ? undefined : yield* append(writing, special, textEncoder.encode(rewrite("")))
  }
  const length = yield* replace(writing, begin)
  writing.current = { path, file: yield* forAppending(writing, path), length }
})

/** Does what is noted, in order; neighbouring writes in one go. What fails stays noted. */
const runTasks = Effect.fnUntraced(function* (writing: Writing) {
  for (let [first] = writing.tasks; first !== undefined; [first] = writing.tasks) {
    if (first._tag === "Begin") {
      yield* open(writing, first)
      writing.tasks = writing.tasks.slice(1)
      continue
    }
    const end = writing.tasks.findIndex(({ _tag }) => _tag === "Begin")
    const writes = writing.tasks.slice(0, end < 0 ? undefined : end)
    const { current } = writing
    if (current === undefined) return yield* Effect.die(new Error("text was written before its file had begun"))
    yield* append(writing, current, joined(writes.flatMap((task) => (task._tag === "Write" ? task.bytes : []))))
    writing.tasks = writing.tasks.slice(writes.length)
  }
})

const pathNow = ({ tasks, current }: Writing): string =>
  tasks.find((task) => task._tag === "Begin")?.path ?? current?.path ?? "its file"

const flush = (writing: Writing): Effect.Effect<void, OutputFileError> =>
  Effect.suspend(() => {
    if (writing.tasks.length === 0) return Effect.void
    const begin = Monotonic.milliseconds(writing.clock)
    const failed = (cause: PlatformError) =>
      new OutputFileError({
        callback: writing.callback,
        path: pathNow(writing),
        reason: systemReason(cause) ?? cause.message,
        cause
      })
    const count = Effect.sync(() => {
      writing.waitedSeconds += (Monotonic.milliseconds(writing.clock) - begin) / 1000
    })
    return Effect.uninterruptible(runTasks(writing)).pipe(Effect.mapError(failed), Effect.ensuring(count))
  })

const close = (writing: Writing): Effect.Effect<void> =>
  flush(writing).pipe(
    Effect.andThen(Effect.suspend(() => Effect.ignore(writing.current?.file.sync ?? Effect.void))),
    Effect.catch((error) => Effect.logError(error.message)),
    Effect.andThen(
      Effect.suspend(() => {
        const { callback, bytes, waitedSeconds } = writing
        const waited = waitedSeconds.toFixed(3)
        return Effect.logDebug(
          `${callback} wrote ${bytes} bytes to ${pathNow(writing)}; the run waited ${waited} s for it`
        )
      })
    )
  )

const check = ({ fs, callback }: Writing, path: string): Effect.Effect<ReadonlyArray<Problem>> => {
  const folder = folderOf(path)
  const refused = (error: PlatformError): Problem => ({
    path: `callbacks.${callback}`,
    message: `the folder ${folder} cannot be written to: ${error.message}`
  })
  return fs.makeDirectory(folder, { recursive: true }).pipe(
    Effect.andThen(fs.access(folder, { writable: true })),
    Effect.as<ReadonlyArray<Problem>>([]),
    Effect.catch((error) => Effect.succeed([refused(error)]))
  )
}

/** A file of the callback with that id. It is closed with the surrounding scope. */
export const make = Effect.fnUntraced(function* (
  callback: string
): Effect.fn.Return<OutputFile, never, FileSystem.FileSystem | Scope.Scope> {
  const writing: Writing = {
    callback,
    fs: yield* FileSystem.FileSystem,
    scope: yield* Effect.scope,
    clock: yield* Clock.Clock,
    tasks: [],
    current: undefined,
    bytes: 0,
    waitedSeconds: 0
  }
  const note = (task: Task): void => void writing.tasks.push(task)
  return {
    begin: (path, rewrite) => note({ _tag: "Begin", path, rewrite }),
    write: (data) => note({ _tag: "Write", bytes: typeof data === "string" ? textEncoder.encode(data) : data }),
    flush: flush(writing),
    close: close(writing),
    check: (path) => check(writing, path),
    written: () => ({ bytes: writing.bytes, waitedSeconds: writing.waitedSeconds })
  }
})

/**
 * The hooks at which a file is flushed: boundaries, the end, and every n steps between them. Whenever a
 * checkpoint is saved too, since a run that is killed and resumed from there will not write the earlier part again.
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
