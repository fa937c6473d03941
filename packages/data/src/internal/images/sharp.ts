/** The npm package `sharp`, which is loaded when the first image is decoded. */
import type { Bitmap, ImageDecoder, ImageTarget } from "../../ImageDecoder.ts"

/** Not a literal where it is imported: bundlers for browsers would look for the package and for what it needs of Node. */
const packageName: string = "sharp"

const load = async () => {
  try {
    return ((await import(packageName)) as typeof import("sharp")).default
  } catch (cause) {
    throw new Error(
      `the npm package sharp can't be loaded (${cause instanceof Error ? cause.message.split("\n")[0] : cause}). ` +
        "Install it with `npm install sharp`, or take the decoder `portable`",
      { cause }
    )
  }
}

type Sharp = Awaited<ReturnType<typeof load>>
let loaded: Promise<Sharp> | undefined

const fits = { cover: "cover", contain: "contain", stretch: "fill" } as const

const colourOf = ([r, g, b]: ImageTarget["background"]) => ({ r, g, b })

const decode: ImageDecoder["decode"] = async (bytes, { orientation }, target, maximumPixels): Promise<Bitmap> => {
  loaded ??= load()
  const image = (await loaded)(bytes, { limitInputPixels: maximumPixels, failOn: "truncated" })
  const upright = orientation === 1 ? image : image.autoOrient()
  const { width, height, fit } = target
  const background = colourOf(target.background)
  const sized = upright
    .flatten({ background })
    .toColourspace(target.channels === 1 ? "b-w" : "srgb")
    .resize({ width, height, fit: fits[fit], background, kernel: "linear", fastShrinkOnLoad: true })
  const { data, info } = await sized.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, pixels: data, isUpright: true }
}

export const sharp: ImageDecoder = {
  name: "sharp",
  formats: ["jpeg", "png", "webp", "gif", "tiff", "avif", "svg"],
  ahead: 2,
  decode
}
