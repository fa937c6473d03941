/**
 * Files as a service, as far as a store of checkpoints needs them: every operation that a crash can fall into is one of its
 * own, so that a test can fail, tear or forget each. Paths use `/`. The Node implementation is in `@etude/checkpoint`, one
 * that crashes in `@etude/testing`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** A file or folder with which something could not be done. */
export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  path: Schema.String,
  operation: Schema.Literals(["makeFolder", "create", "write", "sync", "rename", "read", "list", "remove"]),
  /** `damaged`: the medium cannot return the data. */
  reason: Schema.Literals(["missing", "exists", "full", "denied", "damaged", "other"]),
  /** The system's message. */
  detail: Schema.String
}) {
  override get message() {
    return `${this.operation} ${this.path}: ${this.detail}`
  }
}

/** A file that is being written, from its begin on. */
export interface StorageFile {
  /** Appends bytes; the array may be used again once the effect has ended. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, StorageError>
  /** Makes what was written survive a crash (fsync). The file's name is safe only after `syncFolder`. */
  readonly sync: Effect.Effect<void, StorageError>
}

export interface StorageService {
  /** Makes one folder; its parent exists. Gives false when it was there already. */
  readonly makeFolder: (path: string) => Effect.Effect<boolean, StorageError>
  /** Opens a file for writing, empty; it is closed with the scope. */
  readonly create: (path: string) => Effect.Effect<StorageFile, StorageError, Scope.Scope>
  /** Makes the names in a folder survive a crash: everything created, renamed and removed directly below it. */
  readonly syncFolder: (path: string) => Effect.Effect<void, StorageError>
  /** Gives a file or folder another name, at once or not at all. Fails with `exists` when a folder of that name is there. */
  readonly rename: (from: string, to: string) => Effect.Effect<void, StorageError>
  readonly read: (path: string) => Effect.Effect<Uint8Array<ArrayBuffer>, StorageError>
  /** The names directly below a folder, in any order. */
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<string>, StorageError>
  /** Removes a file, or a folder with all that is in it; nothing when it is not there. Can be cut off half-way. */
  readonly remove: (path: string) => Effect.Effect<void, StorageError>
  /** Names this process in the names of its temporary folders: letters, digits, `.` and `-`. */
  readonly process: string
  /** Whether the process of this name may still be writing to a temporary folder. When in doubt, it may. */
  readonly isWriting: (process: string, path: string) => Effect.Effect<boolean>
}

export class Storage extends Context.Service<Storage, StorageService>()("@etude/core/Storage") {}
