/** Where the bytes of images come from: files, or what a browser has. */
import { DataError } from "@etude/core/Errors"
import type * as Effect from "effect/Effect"
import type { ImageHeader } from "../../ImageDecoder.ts"
import type { Fault } from "./header.ts"

/** Sizes beyond which an image is refused before memory is taken for it. */
export interface Limits {
  readonly maximumPixels: number
  readonly maximumBytes: number
}

export interface ImageSource {
  readonly length: number
  /** The name of an image in errors. */
  readonly nameOf: (index: number) => string
  /** The header of an image, without reading its pixels. */
  readonly inspect: (index: number) => Effect.Effect<ImageHeader, DataError>
  /** The bytes of an image; fails where they are no longer those that were inspected. */
  readonly read: (index: number) => Effect.Effect<Uint8Array<ArrayBuffer>, DataError>
}

export const dataErrorOf = (source: string, fault: Fault): DataError => new DataError({ source, ...fault })
