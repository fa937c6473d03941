/**
 * Kuzushiji-MNIST (Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto and Ha 2018, arXiv:1812.01718): 60,000 training and
 * 10,000 test images of ten cursive hiragana, 28×28, one channel, in files of MNIST's form.
 */

import type { DatasetInvalid } from "@etude/core/Errors"
import type * as Effect from "effect/Effect"
import type * as Idx from "./Idx.ts"
import { fromFolder as readSet, type TrainAndTest } from "./internal/sets/idxSet.ts"

/** The classes by label, as modern hiragana: o, ki, su, tsu, na, ha, ma, ya, re, wo. */
export const classes: ReadonlyArray<string> = ["お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を"]

export interface FolderOptions extends Idx.ImageOptions {
  /** Whether to compare files with `.gz` with the SHA-256 of the published ones. Default: true. */
  readonly verify?: boolean
}

const checksums = {
  "train-images-idx3-ubyte": { gzip: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4" },
  "train-labels-idx1-ubyte": { gzip: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17" },
  "t10k-images-idx3-ubyte": { gzip: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5" },
  "t10k-labels-idx1-ubyte": { gzip: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c" }
}

/**
 * The sets in a folder with the four files under their published names, which are those of MNIST's: inputs float32 [28,
 * 28, 1], targets int32 labels. Fails with `DatasetInvalid`, which lists every problem of the four.
 */
export const fromFolder = (folder: string, options: FolderOptions = {}): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  readSet(
    folder,
    {
      name: "kuzushiji-mnist",
      classes,
      prefixes: { train: "train", test: "t10k" },
      subfolders: ["raw", "KMNIST/raw"],
      checksums
    },
    options
  )
