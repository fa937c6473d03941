/**
 * CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of features from tiny images"): 50,000 training and 10,000 test
 * photographs of ten kinds of things, 32×32, three channels. From its binary version, as the archive or unpacked; no
 * package of the npm registry carries the images.
 */

import type { DatasetInvalid } from "@etude/core/Errors"
import type * as Effect from "effect/Effect"
import type * as Idx from "./Idx.ts"
import { type CifarSet, fromFolder as readSet } from "./internal/sets/cifar.ts"
import type { TrainAndTest } from "./internal/sets/idxSet.ts"

/** The classes by label. */
export const classes: ReadonlyArray<string> = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck"
]

export interface FolderOptions extends Idx.ImageOptions {
  /**
   * Whether to compare the archive with the SHA-256 of the published one, and to ask for as many images as were published.
   * Default: true.
   */
  readonly verify?: boolean
}

const set: CifarSet = {
  name: "cifar-10",
  classes,
  archive: {
    file: "cifar-10-binary.tar.gz",
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
  },
  subfolder: "cifar-10-batches-bin",
  files: {
    train: ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
    test: ["test_batch.bin"]
  },
  records: { train: 10_000, test: 10_000 },
  labelBytes: 1,
  labelByte: 0
}

/**
 * The sets in a folder that holds `cifar-10-binary.tar.gz`, or what is in it (`data_batch_1.bin` …, or their folder):
 * inputs float32 [32, 32, 3] (the files are channel by channel), targets int32 labels. All is held in memory as bytes, 184
 * MB. Fails with `DatasetInvalid`, which lists every problem: an archive of another SHA-256, a file that is missing or of
 * another size, a label that no class has.
 */
export const fromFolder = (folder: string, options: FolderOptions = {}): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  readSet(folder, set, options)
