/** Pixels turned upright, laid over a background, and made grey. */
import type { Bitmap, ImageTarget } from "../../ImageDecoder.ts"
import type { Raster } from "./resample.ts"

/** Where the first pixel of the upright image is in the stored one, and the steps along a row and from row to row. */
const walkOf = (orientation: number, width: number, height: number): readonly [start: number, x: number, y: number] => {
  const [lastX, lastY] = [width - 1, (height - 1) * width]
  switch (orientation) {
    case 2:
      return [lastX, -1, width]
    case 3:
      return [lastX + lastY, -1, -width]
    case 4:
      return [lastY, 1, -width]
    case 5:
      return [0, width, 1]
    case 6:
      return [lastY, -width, 1]
    case 7:
      return [lastX + lastY, -width, -1]
    case 8:
      return [lastX, width, -1]
    default:
      return [0, 1, width]
  }
}

/** The image turned and mirrored as its EXIF orientation says (EXIF 2.32, §4.6.4 A, tag 274). */
export const upright = (bitmap: Bitmap, orientation: number): Bitmap => {
  if (orientation === 1 || bitmap.isUpright === true) return bitmap
  const { width, height, channels, pixels } = bitmap
  const [start, stepX, stepY] = walkOf(orientation, width, height)
  const isTurned = orientation >= 5
  const [newWidth, newHeight] = isTurned ? [height, width] : [width, height]
  const turned = new Uint8Array(pixels.length)
  let to = 0
  for (let y = 0; y < newHeight; y++) {
    let from = (start + y * stepY) * channels
    for (let x = 0; x < newWidth; x++, from += stepX * channels) {
      for (let channel = 0; channel < channels; channel++) turned[to++] = pixels[from + channel]!
    }
  }
  return { width: newWidth, height: newHeight, channels, pixels: turned, isUpright: true }
}

/** x / 255, rounded, for 0 … 65,025: exact in integers. */
const by255 = (x: number): number => (((x + 128) >> 8) + x + 128) >> 8

/** ITU-R BT.601 luma in 16-bit integers, as Pillow's `convert("L")`. */
const luma = (red: number, green: number, blue: number): number =>
  (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16

const isOpaque = (pixels: Uint8Array | Uint8ClampedArray, channels: number): boolean => {
  for (let index = channels - 1; index < pixels.length; index += channels) if (pixels[index] !== 255) return false
  return true
}

/** c · α + b · (1 − α), rounded: the colours over the background, in place of the colours of a copy. */
const overBackground = (bitmap: Bitmap, background: ImageTarget["background"]): Bitmap => {
  const { channels, pixels } = bitmap
  if (channels === 1 || channels === 3 || bitmap.isOpaque === true || isOpaque(pixels, channels)) return bitmap
  const flat = new Uint8Array(pixels.length)
  const [red, green, blue] = background
  const behind = channels === 2 ? [luma(red, green, blue)] : background
  for (let index = 0; index < pixels.length; index += channels) {
    const alpha = pixels[index + channels - 1]!
    for (let channel = 0; channel < channels - 1; channel++) {
      flat[index + channel] = by255(pixels[index + channel]! * alpha + behind[channel]! * (255 - alpha))
    }
    flat[index + channels - 1] = 255
  }
  return { ...bitmap, pixels: flat }
}

const grey = ({ width, height, channels, pixels }: Bitmap): Raster => {
  if (channels <= 2) return { width, height, stride: channels, pixels }
  const values = new Uint8Array(width * height)
  for (let index = 0, from = 0; index < values.length; index++, from += channels) {
    values[index] = luma(pixels[from]!, pixels[from + 1]!, pixels[from + 2]!)
  }
  return { width, height, stride: 1, pixels: values }
}

const colours = ({ width, height, channels, pixels }: Bitmap): Raster => {
  if (channels >= 3) return { width, height, stride: channels, pixels }
  const values = new Uint8Array(width * height * 3)
  for (let index = 0, from = 0; index < values.length; index += 3, from += channels) {
    values.fill(pixels[from]!, index, index + 3)
  }
  return { width, height, stride: 3, pixels: values }
}

/** The channels that are wanted, without alpha. */
export const opaque = (bitmap: Bitmap, { channels, background }: ImageTarget): Raster => {
  const flat = overBackground(bitmap, background)
  return channels === 1 ? grey(flat) : colours(flat)
}

/** The background as the channels of the result. */
export const backgroundOf = ({ channels, background }: ImageTarget): ReadonlyArray<number> =>
  channels === 1 ? [luma(...background)] : background
