/**
 * Images where there are no files: bytes, what a user has chosen, and addresses; in browsers, and in Node too. Everything else is as in
 * `Images`: pixels of the decoder `portable` are the same as there, bit by bit.
 */
import type { DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { ImageDecoder } from "./ImageDecoder.ts"
import { type ImageBytes, imageBlobs } from "./internal/images/imageBlobs.ts"
import { type ImageDataset, imageDataset } from "./internal/images/imageDataset.ts"
import { type ImageOptions, planOf } from "./internal/images/imageOptions.ts"
import { type Label, labelling } from "./internal/images/labelling.ts"
import { platform as makePlatform } from "./internal/images/platform.ts"

export type { ImageBytes, ImageDataset, ImageOptions, Label }

/**
 * The browser's own decoder (`createImageBitmap`): fast, with the formats that the browser knows, and with its bits, which differ between browsers. Images are always
 * upright, and colours behind transparency lose some of their precision. Fails where there is none, as in Node.
 */
export const platform: ImageDecoder = makePlatform

/** One image of a list. */
export interface ListedImage {
  /** A `File` or `Blob`, bytes, or an address to fetch. */
  readonly image: ImageBytes
  /** A class by name, or by its number from 0 on. Either all images have one, or none. */
  readonly label?: Label
}

export interface ListOptions extends ImageOptions {
  /** Class names by label. Default: the names among the labels, sorted; none where labels are numbers. */
  readonly classes?: ReadonlyArray<string>
}

/**
 * A dataset of images, in the order of the list. Addresses are fetched once to be checked and again for every read, from the browser's cache where that has them.
 * Fails with `DatasetInvalid` as `Images.list` does.
 *
 * ```ts
 * const chosen = yield* BrowserImages.list([...input.files].map((image) => ({ image })), { size: 64, decoder: BrowserImages.platform })
 * ```
 */
export const list = (
  images: ReadonlyArray<ListedImage>,
  options: ListOptions
): Effect.Effect<ImageDataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const { name = "images" } = options
    const labels = images.map(({ label }) => label)
    const source = imageBlobs(
      images.map(({ image }) => image),
      planOf(options)
    )
    return imageDataset({ name, source, ...labelling(name, labels, options.classes) }, options)
  })
