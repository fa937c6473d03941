/** Sets of four IDX files under published names: MNIST and its family. */

import { existsSync } from "node:fs"
import * as path from "node:path"
import type { Dataset } from "@etude/core/Dataset"
import { DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Idx from "../../Idx.ts"
import type { Checksum } from "./checksum.ts"

/** The two sets as they were published. The test set is for `test` only: hold validation samples out with `Split`. */
export interface TrainAndTest {
  readonly train: Dataset
  readonly test: Dataset
}

/** What differs from set to set. */
export interface IdxSet {
  readonly name: string
  readonly classes: ReadonlyArray<string>
  /** What the files' names begin with, such as "train" and "t10k". */
  readonly prefixes: { readonly train: string; readonly test: string }
  /** Folders below the given one where other tools put the files. */
  readonly subfolders: ReadonlyArray<string>
  /** By the name of the file without `.gz`. */
  readonly checksums: { readonly [file: string]: Checksum }
  readonly transposed?: boolean
  readonly firstLabel?: number
}

/** The first of the usual names that exists; the published one, so that its absence is reported, if none does. */
const find = (folder: string, subfolders: ReadonlyArray<string>, stem: string, kind: string): string => {
  const names = [`${stem}-${kind}`, `${stem}.${kind}`].flatMap((name) => [name, `${name}.gz`])
  const files = ["", ...subfolders].flatMap((below) => names.map((name) => path.join(folder, below, name)))
  return files.find((file) => existsSync(file)) ?? element(files, 0)
}

/** Both sets, or all problems of the four files together. */
export const fromFolder = (
  folder: string,
  set: IdxSet,
  options: Idx.ImageOptions & { readonly verify?: boolean }
): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  Effect.gen(function* () {
    const { normalize, pad, verify = true } = options
    const part = (name: "train" | "test") => {
      const stem = set.prefixes[name]
      const checksumOf = (kind: string): Checksum => (verify ? (set.checksums[`${stem}-${kind}`] ?? {}) : {})
      return Effect.result(
        Idx.images({
          images: find(folder, set.subfolders, `${stem}-images`, "idx3-ubyte"),
          labels: find(folder, set.subfolders, `${stem}-labels`, "idx1-ubyte"),
          checksums: { images: checksumOf("images-idx3-ubyte"), labels: checksumOf("labels-idx1-ubyte") },
          name: `${set.name}/${name}`,
          classes: set.classes,
          ...(normalize !== undefined && { normalize }),
          ...(pad !== undefined && { pad }),
          ...(set.transposed === true && { transposed: true }),
          ...(set.firstLabel !== undefined && { firstLabel: set.firstLabel })
        })
      )
    }
    const [train, test] = [yield* part("train"), yield* part("test")]
    if (Result.isSuccess(train) && Result.isSuccess(test)) return { train: train.success, test: test.success }
    const problems = [train, test].flatMap((result) => (Result.isFailure(result) ? result.failure.problems : []))
    return yield* new DatasetInvalid({ dataset: set.name, problems })
  })
