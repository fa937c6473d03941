/** Random crops, flips, rotations and shears, each as a change of coordinates. */
import * as Rng from "@etude/core/Rng"
import { type ImageShape, isInterval, isProbability, type Operation, problemsOf } from "./operation.ts"
import { everywhere, identity, warp, warpInStep, warpSize } from "./warp.ts"

/** The value of what comes from beyond the image, between black (0) and white (1). */
export interface Fill {
  /** Default: 0, black. */
  readonly fill?: number
}

/** An operation that is a change of coordinates. */
export const geometric = (
  name: string,
  { fill = 0 }: Fill,
  draw: Operation["draw"],
  problems: ReadonlyArray<string>
): Operation => ({
  ...{ name, draw, size: warpSize, neutral: identity },
  host: (source, target, parameters, shape, { low, high }) =>
    warp(source, target, parameters, shape, low + fill * (high - low)),
  step: (inputs) => warpInStep(inputs, inputs.range.low + fill * (inputs.range.high - inputs.range.low)),
  problems: [...problems, ...problemsOf([isProbability(fill), "fill", fill, "a number in 0 … 1"])]
})

/** A whole number in low … high, each equally likely. */
export const wholeBetween = (key: Rng.Key, position: number, low: number, high: number): number =>
  low + Math.floor(Rng.uniform(key, position) * (high - low + 1))

export const between = (key: Rng.Key, position: number, low: number, high: number): number =>
  low + Rng.uniform(key, position) * (high - low)

export interface CropOptions extends Fill {
  /** Pixels of fill around the image, from which a part of the image's own size is cut. */
  readonly padding: number
}

export const crop = (options: CropOptions): Operation => {
  const { padding } = options
  const draw = (key: Rng.Key) => [
    ...[1, 0, wholeBetween(key, 0, -padding, padding), 0, 1, wholeBetween(key, 1, -padding, padding)],
    ...everywhere
  ]
  const isSize = Number.isSafeInteger(padding) && padding >= 0
  return geometric("crop", options, draw, problemsOf([isSize, "padding", padding, "whole pixels of at least 0"]))
}

export interface FlipOptions {
  /** The probability to be mirrored left to right. Default: 0.5. */
  readonly horizontal?: number
  /** The probability to be turned upside down. Default: 0. */
  readonly vertical?: number
}

export const flip = ({ horizontal = 0.5, vertical = 0 }: FlipOptions = {}): Operation => {
  const draw = (key: Rng.Key, { height, width }: ImageShape) => [
    ...(Rng.uniform(key, 0) < horizontal ? [-1, 0, width - 1] : [1, 0, 0]),
    ...(Rng.uniform(key, 1) < vertical ? [0, -1, height - 1] : [0, 1, 0]),
    ...everywhere
  ]
  const problems = problemsOf(
    [isProbability(horizontal), "horizontal", horizontal, "a probability in 0 … 1"],
    [isProbability(vertical), "vertical", vertical, "a probability in 0 … 1"]
  )
  return geometric("flip", {}, draw, problems)
}

export interface ResizedCropOptions {
  /** The range of the part's area, as a fraction of the image's. Default: [0.08, 1]. */
  readonly area?: readonly [from: number, to: number]
  /** The range of its width by its height. Default: [3/4, 4/3]. */
  readonly ratio?: readonly [from: number, to: number]
}

const tries = 10

/** A rectangle of drawn area and ratio within the image; after ten that don't fit, `undefined`. */
export const drawnBox = (
  key: Rng.Key,
  { height, width }: ImageShape,
  area: readonly [number, number],
  ratio: readonly [number, number]
): readonly [left: number, top: number, width: number, height: number] | undefined => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const size = height * width * between(key, 4 * attempt, ...area)
    const drawnRatio = Math.exp(between(key, 4 * attempt + 1, Math.log(ratio[0]), Math.log(ratio[1])))
    const across = Math.round(Math.sqrt(size * drawnRatio))
    const down = Math.round(Math.sqrt(size / drawnRatio))
    if (!(across >= 1 && across <= width && down >= 1 && down <= height)) continue
    const left = wholeBetween(key, 4 * attempt + 2, 0, width - across)
    const top = wholeBetween(key, 4 * attempt + 3, 0, height - down)
    return [left, top, across, down]
  }
  return undefined
}

/** The part of an image enlarged to the size of the whole, its border repeated beyond it. */
export const zoom = (
  { height, width }: ImageShape,
  [left, top, across, down]: readonly [number, number, number, number]
): ReadonlyArray<number> => {
  const [scaleX, scaleY] = [across / width, down / height]
  return [
    ...[scaleX, 0, left + scaleX / 2 - 0.5, 0, scaleY, top + scaleY / 2 - 0.5],
    ...[left, top, left + across - 1, top + down - 1]
  ]
}

export const resizedCrop = ({ area = [0.08, 1], ratio = [3 / 4, 4 / 3] }: ResizedCropOptions = {}): Operation => {
  const draw = (key: Rng.Key, shape: ImageShape) => {
    const box = drawnBox(key, shape, area, ratio)
    return box === undefined ? identity : zoom(shape, box)
  }
  const problems = problemsOf(
    [area[0] > 0 && isInterval(area, 0, 1), "area", area, "a range within 0 … 1, above 0"],
    [ratio[0] > 0 && isInterval(ratio, 0, Number.MAX_VALUE), "ratio", ratio, "a range above 0"]
  )
  return geometric("resizedCrop", {}, draw, problems)
}

export interface AffineOptions extends Fill {
  /** The largest angle of rotation about the centre, either way. Default: 0. */
  readonly degrees?: number
  /** The largest shift, as a fraction of width and of height, either way. Default: 0. */
  readonly shift?: number
  /** The range of enlargement. Default: [1, 1]. */
  readonly scale?: readonly [from: number, to: number]
  /** The largest angle by which columns lean, either way, in degrees. Default: 0. */
  readonly shearX?: number
  /** The largest angle by which rows lean, either way, in degrees. Default: 0. */
  readonly shearY?: number
}

/** An affine map of the image about a point, which is given from the image's centre on. */
export interface AffineMap {
  readonly degrees?: number
  /** In pixels. */
  readonly shift?: readonly [x: number, y: number]
  readonly scale?: number
  /** In degrees. */
  readonly shear?: readonly [x: number, y: number]
  readonly about?: readonly [x: number, y: number]
}

/**
 * The change of coordinates of an affine map, from the result to the source: the inverse of T(shift) · C · R(degrees) · Shear · Scale · C⁻¹,
 * with C the shift to the point. As torchvision's `affine`, degrees clockwise.
 */
export const affineWarp = ({ height, width }: ImageShape, map: AffineMap): ReadonlyArray<number> => {
  const { degrees = 0, shift = [0, 0], scale = 1, shear = [0, 0], about = [0, 0] } = map
  const [angle, shearX, shearY] = [degrees, ...shear].map((each) => (each * Math.PI) / 180) as [number, number, number]
  const { cos, sin, tan } = Math
  const a = cos(angle - shearY) / cos(shearY)
  const b = (-cos(angle - shearY) * tan(shearX)) / cos(shearY) - sin(angle)
  const c = sin(angle - shearY) / cos(shearY)
  const d = (-sin(angle - shearY) * tan(shearX)) / cos(shearY) + cos(angle)
  const [ax, bx, ay, by] = [d / scale, -b / scale, -c / scale, a / scale]
  const [x, y] = [(width - 1) / 2, (height - 1) / 2]
  const [startX, startY] = [-x - about[0] - shift[0], -y - about[1] - shift[1]]
  return [
    ...[ax, bx, ax * startX + bx * startY + about[0] + x],
    ...[ay, by, ay * startX + by * startY + about[1] + y],
    ...everywhere
  ]
}

export const affine = (options: AffineOptions): Operation => {
  const { degrees = 0, shift = 0, scale = [1, 1], shearX = 0, shearY = 0 } = options
  const draw = (key: Rng.Key, shape: ImageShape) => {
    const either = (position: number, most: number) => between(key, position, -most, most)
    return affineWarp(shape, {
      degrees: either(0, degrees),
      shift: [Math.round(either(1, shift * shape.width)), Math.round(either(2, shift * shape.height))],
      scale: between(key, 3, ...scale),
      shear: [either(4, shearX), either(5, shearY)]
    })
  }
  const isLean = (angle: number) => angle >= 0 && angle < 90
  const problems = problemsOf(
    [degrees >= 0 && degrees <= 180, "degrees", degrees, "an angle in 0 … 180"],
    [isProbability(shift), "shift", shift, "a fraction in 0 … 1"],
    [scale[0] > 0 && isInterval(scale, 0, Number.MAX_VALUE), "scale", scale, "a range above 0"],
    [isLean(shearX), "shearX", shearX, "an angle of at least 0 and below 90"],
    [isLean(shearY), "shearY", shearY, "an angle of at least 0 and below 90"]
  )
  return geometric("affine", options, draw, problems)
}
