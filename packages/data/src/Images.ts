/**
 * Images in files: a folder with one subfolder per class, or a list of files with labels. A batch is decoded, turned upright and
 * resized when it is read, so the images may be more than memory holds; pixels stay bytes until they are in the step.
 *
 * Any sample is read by its index alone and nothing is drawn at random, so order and resume are the loop's. In browsers there is
 * `BrowserImages`; how files become pixels is in `ImageDecoder`; random changes are in `Augment`.
 */

import * as path from "node:path"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decodeInto, type ImageDataset, imageDataset } from "./internal/images/imageDataset.ts"
import { filesBelow, foldersIn, imageFiles } from "./internal/images/imageFiles.ts"
import { type ImageOptions, optionProblems, planOf } from "./internal/images/imageOptions.ts"
import { type Label, labelling } from "./internal/images/labelling.ts"

export type { ImageDataset, ImageOptions, Label }

export interface FolderOptions extends ImageOptions {
  /** The subfolders to take, in the order of their labels. Default: all, sorted by name (by UTF-16 code units, so that the order is the same everywhere). */
  readonly classes?: ReadonlyArray<string>
}

/**
 * A dataset of a folder whose subfolders are the classes: inputs float32 [height, width, channels], targets int32 labels of
 * shape []. Files may lie in further folders below; hidden ones are ignored; what a file is tells its content, not its name.
 *
 * Fails with `DatasetInvalid`, which lists every option that can't be, every class without an image, and every file that is
 * broken: no image, cut, of too many pixels or bytes, not readable. Reading fails with a `DataError` where a file has changed since, or
 * its pixels can't be decoded.
 *
 * ```ts
 * const flowers = yield* Images.folder("flowers/train", { size: 128, normalize: "unit" })
 * ```
 */
export const folder = (place: string, options: FolderOptions): Effect.Effect<ImageDataset, DatasetInvalid> =>
  Effect.gen(function* () {
    const name = options.name ?? path.basename(path.resolve(place))
    const subfolders = yield* Effect.result(foldersIn(place))
    if (Result.isFailure(subfolders))
      return yield* new DatasetInvalid({ dataset: name, problems: [subfolders.failure] })
    const classes = options.classes ?? subfolders.success
    const problems: Array<DataError> = classes.length === 0 ? [classless(place)] : []
    const files: Array<string> = []
    const labels: Array<number> = []
    for (const [label, subfolder] of classes.entries()) {
      const below = yield* Effect.result(filesBelow(path.join(place, subfolder)))
      if (Result.isFailure(below)) problems.push(below.failure)
      else if (below.success.length === 0) problems.push(empty(path.join(place, subfolder)))
      else {
        for (const file of below.success) {
          files.push(file)
          labels.push(label)
        }
      }
    }
    const source = imageFiles(files, planOf(options))
    return yield* imageDataset({ name, source, labels: Int32Array.from(labels), classes, problems }, options)
  })

const classless = (place: string) =>
  new DataError({
    source: place,
    found: "a folder without subfolders",
    expected: "one subfolder for each class, with its images",
    advice: "Give the folder above, or use `Images.list` for images in one folder."
  })

const empty = (place: string) =>
  new DataError({
    source: place,
    found: "a class without a file",
    expected: "one or more images",
    advice: "Add images, remove the folder, or name the others in `classes`."
  })

/** One image of a list. */
export interface ListedImage {
  /** A path; if it is not absolute, from `root` on. */
  readonly file: string
  /** A class by name, or by its number from 0 on. Either all images have one, or none. */
  readonly label?: Label
}

export interface ListOptions extends ImageOptions {
  /** The folder from which relative paths start. Default: the working folder. */
  readonly root?: string
  /** Class names by label. Default: the names among the labels, sorted; none where labels are numbers. */
  readonly classes?: ReadonlyArray<string>
}

/**
 * A dataset of images in files, in the order of the list: for labels out of a table, and, without labels, for prediction.
 * Fails as {@link folder} does, and for labels that are neither names nor whole numbers, or have no name in `classes`.
 *
 * ```ts
 * const rows = [{ file: "a.jpg", label: "cat" }, { file: "b.png", label: "dog" }]
 * const pets = yield* Images.list(rows, { root: "pets", size: 64 })
 * ```
 */
export const list = (
  images: ReadonlyArray<ListedImage>,
  options: ListOptions
): Effect.Effect<ImageDataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const { root = ".", name = "images" } = options
    const files = images.map(({ file }) => path.resolve(root, file))
    const labels = images.map(({ label }) => label)
    const source = imageFiles(files, planOf(options))
    return imageDataset({ name, source, ...labelling(name, labels, options.classes) }, options)
  })

/**
 * The pixels of one image as a dataset with these options would read it, before they are normalized: [height, width, channels]. Fails
 * with a `DataError`.
 */
export const decode = (bytes: Uint8Array<ArrayBuffer>, options: ImageOptions): Effect.Effect<Uint8Array, DataError> =>
  Effect.suspend(() => {
    const plan = planOf(options)
    const name = options.name ?? "image"
    const [problem] = optionProblems(name, options, plan)
    if (problem !== undefined) return Effect.fail(problem)
    const { height, width, channels } = plan.target
    const out = new Uint8Array(height * width * channels)
    return Effect.as(decodeInto(name, bytes, plan, out, 0), out)
  })
