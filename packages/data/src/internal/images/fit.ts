/** How an image of any size becomes one of the wanted size: Pillow's `ImageOps.fit`, `ImageOps.pad` and `resize`. */
import type { Bitmap, ImageTarget } from "../../ImageDecoder.ts"
import { backgroundOf, opaque, upright } from "./pixels.ts"
import { type Box, type Filter, resample } from "./resample.ts"

interface Size {
  readonly width: number
  readonly height: number
}

/** The middle of the image, as large as it can be with the ratio of the target. */
export const coverBox = ({ width, height }: Size, target: Size): Box => {
  const [ratio, wanted] = [width / height, target.width / target.height]
  const across = ratio > wanted ? wanted * height : width
  const down = ratio < wanted ? width / wanted : height
  const [left, top] = [(width - across) * 0.5, (height - down) * 0.5]
  return { left, top, right: left + across, bottom: top + down }
}

/** To the nearest whole number, halves to the even one, as Python rounds. */
const roundToEven = (value: number): number => {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}

/** The largest size with the ratio of the image that fits into the target. */
export const containedSize = ({ width, height }: Size, target: Size): Size => {
  const [ratio, wanted] = [width / height, target.width / target.height]
  if (ratio > wanted) return { ...target, height: Math.max(1, roundToEven((height / width) * target.width)) }
  if (ratio < wanted) return { ...target, width: Math.max(1, roundToEven((width / height) * target.height)) }
  return target
}

const fill = (out: Uint8Array, offset: number, target: ImageTarget): void => {
  const values = backgroundOf(target)
  const end = offset + target.width * target.height * target.channels
  for (let index = offset; index < end; index += values.length) out.set(values, index)
}

/** Writes a decoded image to `out` from `offset` on, as the target wants it: [height, width, channels]. */
export const place = (
  bitmap: Bitmap,
  orientation: number,
  target: ImageTarget,
  filter: Filter,
  out: Uint8Array,
  offset: number
): void => {
  const source = opaque(upright(bitmap, orientation), target)
  const { channels, fit } = target
  const whole: Box = { left: 0, top: 0, right: source.width, bottom: source.height }
  const rowStride = target.width * channels
  if (fit === "contain") {
    const size = containedSize(source, target)
    const left = roundToEven((target.width - size.width) * 0.5)
    const top = roundToEven((target.height - size.height) * 0.5)
    if (size.width < target.width || size.height < target.height) fill(out, offset, target)
    const start = offset + top * rowStride + left * channels
    resample(source, channels, whole, size, filter, { out, offset: start, rowStride })
  } else {
    const box = fit === "cover" ? coverBox(source, target) : whole
    resample(source, channels, box, target, filter, { out, offset, rowStride })
  }
}
