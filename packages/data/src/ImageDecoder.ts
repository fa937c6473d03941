/**
 * Decoders of image files: from the bytes of a file to pixels. `portable` gives the same bits on every machine; `sharp` uses the
 * npm package of that name, which is faster on several cores; the platform's own is in `BrowserImages`. A decoder is a value with one function, so
 * another one is an object of yours.
 */
import { portable as makePortable } from "./internal/images/portable.ts"
import { sharp as makeSharp } from "./internal/images/sharp.ts"

/** What the bytes of a file say it is; its name plays no part. */
export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "bmp" | "tiff" | "avif" | "heic" | "svg"

/** What stands in an image file before its pixels. */
export interface ImageHeader {
  readonly format: ImageFormat
  /** Pixels as they are stored, before any rotation; absent for formats of which only decoders know them. */
  readonly width?: number
  readonly height?: number
  /** 1 to 8, as EXIF counts: how the stored pixels are to be turned and mirrored. 1 leaves them. */
  readonly orientation: number
  /** Of a JPEG with four components: cyan, magenta, yellow and black. */
  readonly isCmyk?: boolean
  /** Of a JPEG with three components: red, green and blue, not luma and chroma. */
  readonly isRgb?: boolean
}

/** Decoded pixels, row by row, with 8 bits per channel: grey, grey and alpha, RGB or RGBA (alpha not premultiplied). */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
  readonly pixels: Uint8Array | Uint8ClampedArray
  /** Whether the header's orientation has been applied. Default: false. */
  readonly isUpright?: boolean
  /** Whether alpha is known to be 255 throughout. Default: false, and it is looked at. */
  readonly isOpaque?: boolean
}

/** What a dataset does with the pixels; a decoder may use it to do less, such as decoding at half the size. */
export interface ImageTarget {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly fit: "cover" | "contain" | "stretch"
  readonly background: readonly [red: number, green: number, blue: number]
}

export interface ImageDecoder {
  /** Part of the dataset's name, since decoders may differ in bits. */
  readonly name: string
  /** The formats that it decodes; files of others are reported when the dataset is made. */
  readonly formats: ReadonlyArray<ImageFormat>
  /** Where it decodes in threads of its own: how many batches are best read beyond the one that is taken. Default: 0. */
  readonly ahead?: number
  /**
   * The pixels of an image, or a promise of them. A thrown error or a rejection becomes a `DataError` that names the file. The size
   * has been checked against the dataset's limit where the header has it; `maximumPixels` is that limit.
   */
  readonly decode: (
    bytes: Uint8Array<ArrayBuffer>,
    header: ImageHeader,
    target: ImageTarget,
    maximumPixels: number
  ) => Bitmap | Promise<Bitmap>
}

/**
 * JPEG (baseline, progressive, grey, RGB, CMYK), PNG (palettes, interlaced, 16 bits by their upper eight) and WebP, by
 * codecs compiled to WebAssembly (`@jsquash/*`; CMYK JPEG by `jpeg-js`): the same bits on every machine, for JPEG those of libjpeg-turbo and so of
 * Pillow. One thread. The default.
 */
export const portable: ImageDecoder = makePortable

/**
 * The formats of the npm package `sharp` (libvips): JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG; install it beside this package. It
 * decodes and resizes in threads of its own, and large JPEGs at a fraction of their size, so its pixels differ from those of
 * {@link portable}, and may differ from version to version. A read fails with a `DataError` where the package is missing.
 */
export const sharp: ImageDecoder = makeSharp
