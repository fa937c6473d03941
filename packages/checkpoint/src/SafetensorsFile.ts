/** Safetensors in files: written whole or not at all, and read back with every damage reported. */
import { CheckpointError } from "@etude/core/Errors"
import type { TensorData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as AtomicFile from "./AtomicFile.ts"
import * as Safetensors from "./Safetensors.ts"

/** Writes tensors to a file whose directory exists, atomically; an earlier file of that name is replaced. */
export const write = (
  path: string,
  tensors: { readonly [name: string]: TensorData },
  metadata: { readonly [key: string]: string } = {}
): Effect.Effect<void, CheckpointError, FileSystem.FileSystem | Path.Path> =>
  Effect.suspend(() => AtomicFile.write(path, Safetensors.encode(tensors, metadata))).pipe(
    Effect.mapError((cause) => new CheckpointError({ path, reason: cause.message, cause }))
  )

/** Reads the tensors and metadata of a file. The whole file is read into memory. */
export const read = (
  path: string
): Effect.Effect<Safetensors.Contents, Safetensors.SafetensorsUnreadable, FileSystem.FileSystem> =>
  FileSystem.FileSystem.use((fs) => fs.readFile(path)).pipe(
    Effect.mapError(({ reason, message }) => {
      const problem =
        reason._tag === "NotFound"
          ? ({ kind: "missing", message: "there is no such file" } as const)
          : ({ kind: "unreadable", message } as const)
      return new Safetensors.SafetensorsUnreadable({ path, problems: [problem] })
    }),
    Effect.flatMap((bytes) => Effect.fromResult(Safetensors.decode(bytes, path)))
  )
