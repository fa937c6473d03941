/** Safetensors in files: written whole or not at all, and read back with every damage reported. */
import { CheckpointError } from "@etude/core/Errors"
import type { TensorData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as AtomicFile from "./AtomicFile.ts"
import type * as Encodings from "./Encodings.ts"
import * as Safetensors from "./Safetensors.ts"

/**
 * Writes tensors to a file whose directory exists, atomically; an earlier file of that name is replaced.
 *
 * @param floats how float32 is written: as `F32`, the default, or rounded to `F16` or `BF16`; a finite value beyond their range
 * is a `CheckpointError`, and nothing is written.
 */
export const write = (
  path: string,
  tensors: { readonly [name: string]: TensorData },
  metadata: { readonly [key: string]: string } = {},
  { floats = "F32" }: { readonly floats?: Encodings.Floats } = {}
): Effect.Effect<void, CheckpointError, FileSystem.FileSystem | Path.Path> =>
  Effect.suspend(() => Effect.fromResult(Safetensors.encodeAs(floats, tensors, metadata))).pipe(
    Effect.flatMap((bytes) => AtomicFile.write(path, bytes)),
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
