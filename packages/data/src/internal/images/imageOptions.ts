/** What is to become of images: the options of a dataset, with their defaults and their problems. */
import { DataError } from "@etude/core/Errors"
import type { Scaling } from "@etude/core/kernels/Bytes"
import { element } from "@etude/core/Lookup"
import { type ImageDecoder, type ImageTarget, portable } from "../../ImageDecoder.ts"
import type { Limits } from "./imageSource.ts"
import type { Filter } from "./resample.ts"

export interface ImageOptions {
  /** The size of all inputs in pixels: of a square, or [height, width]. Up to 16,384 on a side. */
  readonly size: number | readonly [height: number, width: number]
  /** 3: red, green and blue; 1: grey (ITU-R BT.601 luma). Default: 3. */
  readonly channels?: 1 | 3
  /**
   * How an image of another shape becomes one of `size`. `"cover"`: the middle, as large as it can be with the ratio of `size`.
   * `"contain"`: the whole, with background on two sides. `"stretch"`: the whole, distorted. Default: `"cover"`.
   */
  readonly fit?: "cover" | "contain" | "stretch"
  /** The filter, antialiased as Pillow's is. Default: `"bilinear"`. The decoder `sharp` uses its own bilinear one. */
  readonly filter?: Filter
  /** What is behind transparent pixels and beside contained images: a grey level or [red, green, blue], 0 … 255. Default: 0, black. */
  readonly background?: number | readonly [red: number, green: number, blue: number]
  /** Whether images are turned upright as EXIF says. Default: true. torchvision doesn't. */
  readonly rotate?: boolean
  /**
   * How a level becomes an input. `"unit"`: x/255. `{ mean, deviation }`: (x/255 − mean)/deviation, both on the unit scale; in the
   * step, in float32. With a mean or deviation for each channel, on the host. Default: unchanged levels, 0 … 255.
   */
  readonly normalize?:
    | "unit"
    | { readonly mean: number | ReadonlyArray<number>; readonly deviation: number | ReadonlyArray<number> }
  /** Default: `ImageDecoder.portable`, which has the same bits on every machine. */
  readonly decoder?: ImageDecoder
  /**
   * What becomes of files that are no image, damaged, too large or of a format that the decoder doesn't know. `"fail"`: the dataset is
   * not made. `"skip"`: it is made without them; they are in its `skipped`, and a warning counts them. Default: `"fail"`.
   */
  readonly onBroken?: "fail" | "skip"
  /**
   * What is looked at when the dataset is made. `"headers"`: the type and size of every image and whether its end is there.
   * `"pixels"`: every image is decoded. `"none"`: nothing; what is broken fails the batch it is in. Default: `"headers"`.
   */
  readonly check?: "headers" | "pixels" | "none"
  /** Pixels of an image, as stored, above which it is refused before it is decoded. Default: 50 million. */
  readonly maximumPixels?: number
  /** Bytes of a file above which it is refused before it is read. Default: 256 MiB. */
  readonly maximumBytes?: number
  /**
   * Bytes up to which decoded pixels are kept: where those of all samples fit, each file is read and decoded once, and later epochs take its pixels
   * from memory. Default: 256 MiB.
   */
  readonly memory?: number
  /** Images of a batch that are read at the same time. Default: 8. */
  readonly concurrency?: number
  /** Default: the name of the folder, or "images"; the decoder's name and what it is resized to come after it. */
  readonly name?: string
}

const longestSide = 16_384

/** The options with their defaults; what can't be is in `problems`. */
export interface Plan extends Limits {
  readonly target: ImageTarget
  readonly filter: Filter
  readonly rotate: boolean
  readonly decoder: ImageDecoder
  readonly concurrency: number
  readonly memory: number
}

export const planOf = (options: ImageOptions): Plan => {
  const { size, background = 0 } = options
  const [height, width] = typeof size === "number" ? [size, size] : size
  const grey = (level: number) => [level, level, level] as const
  return {
    target: {
      ...{ height, width, channels: options.channels ?? 3, fit: options.fit ?? "cover" },
      background: typeof background === "number" ? grey(background) : background
    },
    filter: options.filter ?? "bilinear",
    rotate: options.rotate ?? true,
    decoder: options.decoder ?? portable,
    concurrency: options.concurrency ?? 8,
    memory: options.memory ?? 256 * 2 ** 20,
    maximumPixels: options.maximumPixels ?? 50_000_000,
    maximumBytes: options.maximumBytes ?? 256 * 2 ** 20
  }
}

const numbersOf = (value: number | ReadonlyArray<number>): ReadonlyArray<number> =>
  typeof value === "number" ? [value] : value

/** Every problem of the options. */
export const optionProblems = (name: string, options: ImageOptions, plan: Plan): ReadonlyArray<DataError> => {
  const problems: Array<DataError> = []
  const check = (isRight: boolean, option: string, found: unknown, expected: string, advice: string) => {
    if (isRight) return
    problems.push(new DataError({ source: `${name}.${option}`, found: JSON.stringify(found), expected, advice }))
  }
  const { height, width, background, channels, fit } = plan.target
  const isSide = (side: number) => Number.isSafeInteger(side) && side >= 1 && side <= longestSide
  const isCount = (count: number) => Number.isSafeInteger(count) && count >= 1
  const isLevel = (level: number) => Number.isInteger(level) && level >= 0 && level <= 255
  check(
    isSide(height) && isSide(width),
    "size",
    options.size,
    `whole pixels in 1 … ${longestSide}`,
    "Such as 224, or [height, width]."
  )
  check(
    channels === 1 || channels === 3,
    "channels",
    channels,
    "1 (grey) or 3 (colours)",
    "Alpha is laid over the background."
  )
  check(
    ["cover", "contain", "stretch"].includes(fit),
    "fit",
    fit,
    '"cover", "contain" or "stretch"',
    '"cover" is the default.'
  )
  check(
    ["bilinear", "bicubic"].includes(plan.filter),
    "filter",
    plan.filter,
    '"bilinear" or "bicubic"',
    '"bilinear" is the default.'
  )
  check(
    background.length === 3 && background.every(isLevel),
    "background",
    options.background,
    "levels in 0 … 255",
    "One, or red, green and blue."
  )
  for (const option of ["maximumPixels", "maximumBytes", "concurrency"] as const) {
    check(isCount(plan[option]), option, plan[option], "a whole number of at least 1", "Leave it out for the default.")
  }
  check(plan.memory >= 0, "memory", plan.memory, "bytes, 0 or more", "0 keeps nothing.")
  if (options.normalize !== undefined && options.normalize !== "unit") {
    const { mean, deviation } = options.normalize
    const isEach = (values: ReadonlyArray<number>, isOne: (value: number) => boolean) =>
      (values.length === 1 || values.length === channels) && values.every(isOne)
    const count = `one number, or ${channels}`
    check(
      isEach(numbersOf(mean), Number.isFinite),
      "normalize.mean",
      mean,
      `${count}, finite`,
      "0 leaves the mean unchanged."
    )
    const isScale = (value: number) => value > 0 && value < Number.POSITIVE_INFINITY
    check(
      isEach(numbersOf(deviation), isScale),
      "normalize.deviation",
      deviation,
      `${count}, finite and above 0`,
      "1 leaves the scale unchanged."
    )
  }
  return problems
}

/** The number of values of a sample. */
export const elementsOf = ({ target: { height, width, channels } }: Plan): number => height * width * channels

/** What the levels mean; `perChannel` where one scale doesn't say it. */
export const scalingOf = ({ normalize }: ImageOptions): Scaling | "perChannel" | undefined => {
  if (normalize === undefined) return undefined
  if (normalize === "unit") return { scale: 1 / 255, offset: 0 }
  const [mean, deviation] = [numbersOf(normalize.mean), numbersOf(normalize.deviation)]
  if (mean.length > 1 || deviation.length > 1) return "perChannel"
  return { scale: 1 / (255 * element(deviation, 0)), offset: -element(mean, 0) / element(deviation, 0) }
}

/** Levels to numbers, channel by channel, by a table of 256 numbers for each. */
export const normalizer = (options: ImageOptions, channels: number): ((pixels: Uint8Array) => Float32Array) => {
  const { mean, deviation } = options.normalize as Exclude<ImageOptions["normalize"], "unit" | undefined>
  const pick = (value: number | ReadonlyArray<number>, channel: number) =>
    typeof value === "number" ? value : (value[channel] ?? element(value, 0))
  const table = new Float32Array(256 * channels)
  for (let channel = 0; channel < channels; channel++) {
    for (let level = 0; level < 256; level++) {
      table[256 * channel + level] = (level / 255 - pick(mean, channel)) / pick(deviation, channel)
    }
  }
  return (pixels) => {
    const numbers = new Float32Array(pixels.length)
    for (let index = 0, channel = 0; index < pixels.length; index++) {
      numbers[index] = table[256 * channel + pixels[index]!]!
      if (++channel === channels) channel = 0
    }
    return numbers
  }
}
