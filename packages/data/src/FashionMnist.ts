/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): 60,000 training and 10,000 test images of clothes from
 * Zalando's shop, 28×28, one channel, in files of MNIST's form. No package of the npm registry carries both sets.
 */

import type { DatasetInvalid } from "@etude/core/Errors"
import type * as Effect from "effect/Effect"
import type * as Idx from "./Idx.ts"
import { fromFolder as readSet, type TrainAndTest } from "./internal/sets/idxSet.ts"

/** The classes by label. */
export const classes: ReadonlyArray<string> = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot"
]

export interface FolderOptions extends Idx.ImageOptions {
  /** Whether to compare files with `.gz` with the SHA-256 of the published ones. Default: true. */
  readonly verify?: boolean
}

const checksums = {
  "train-images-idx3-ubyte": { gzip: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84" },
  "train-labels-idx1-ubyte": { gzip: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845" },
  "t10k-images-idx3-ubyte": { gzip: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073" },
  "t10k-labels-idx1-ubyte": { gzip: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5" }
}

/**
 * The sets in a folder with the four files under their published names, which are those of MNIST's: inputs float32 [28,
 * 28, 1], targets int32 labels. Fails with `DatasetInvalid`, which lists every problem of the four.
 */
export const fromFolder = (folder: string, options: FolderOptions = {}): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  readSet(
    folder,
    {
      name: "fashion-mnist",
      classes,
      prefixes: { train: "train", test: "t10k" },
      subfolders: ["raw", "FashionMNIST/raw"],
      checksums
    },
    options
  )
