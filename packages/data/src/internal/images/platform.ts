/** The decoder that browsers have. */
import type { ImageDecoder } from "../../ImageDecoder.ts"

/** The part of browsers' types that is used; Node has none of them. */
interface Canvas {
  readonly getContext: (
    kind: "2d",
    options: { readonly willReadFrequently: boolean }
  ) => {
    readonly drawImage: (image: Picture, x: number, y: number) => void
    readonly getImageData: (x: number, y: number, width: number, height: number) => { readonly data: Uint8ClampedArray }
  } | null
}
interface Picture {
  readonly width: number
  readonly height: number
  readonly close: () => void
}
interface Browser {
  readonly createImageBitmap?: (blob: Blob, options: { readonly colorSpaceConversion: "none" }) => Promise<Picture>
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas
}

const decode: ImageDecoder["decode"] = async (bytes) => {
  const { createImageBitmap, OffscreenCanvas } = globalThis as typeof globalThis & Browser
  if (createImageBitmap === undefined || OffscreenCanvas === undefined) {
    throw new Error("this platform has no createImageBitmap and OffscreenCanvas; take the decoder `portable`")
  }
  const picture = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" })
  try {
    const { width, height } = picture
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })
    if (context === null) throw new Error("this platform gives no context of a canvas; take the decoder `portable`")
    context.drawImage(picture, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    return { width, height, channels: 4, pixels: data, isUpright: true }
  } finally {
    picture.close()
  }
}

export const platform: ImageDecoder = {
  name: "platform",
  formats: ["jpeg", "png", "webp", "gif", "bmp", "avif"],
  decode
}
