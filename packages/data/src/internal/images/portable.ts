/** Codecs in WebAssembly, and one in JavaScript for what they don't decode. Each is loaded when the first image of its format comes. */
import type { Bitmap, ImageDecoder, ImageFormat, ImageHeader } from "../../ImageDecoder.ts"

interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/** The part of the packages' modules that is used; their own types need those of browsers. */
interface Codec {
  readonly default: (bytes: Uint8Array) => Promise<Pixels>
  readonly init: (module: CompiledModule | undefined, options?: object) => Promise<unknown>
}

type Coded = "jpeg" | "png" | "webp"

const load: { readonly [format in Coded]: () => Promise<unknown> } = {
  jpeg: () => import("@jsquash/jpeg/decode.js"),
  png: () => import("@jsquash/png/decode.js"),
  webp: () => import("@jsquash/webp/decode.js")
}

const files: { readonly [format in Coded]: string } = {
  jpeg: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  png: "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
  webp: "@jsquash/webp/codec/dec/webp_dec.wasm"
}

/** A `WebAssembly.Module`, which only has a type where browsers' types are. */
type CompiledModule = object

interface Platform {
  readonly process?: NodeJS.Process
  readonly WebAssembly: { readonly compile: (code: Uint8Array) => Promise<CompiledModule> }
}

/** In Node the code is read from the package; elsewhere `undefined`, and the package fetches it. */
const compiled = async (format: Coded): Promise<CompiledModule | undefined> => {
  // Not imported, so that this module can be bundled for browsers.
  const { process, WebAssembly } = globalThis as typeof globalThis & Platform
  const builtin = process?.getBuiltinModule
  if (builtin === undefined) return undefined
  const place = builtin("node:module")
    .createRequire(import.meta.url)
    .resolve(files[format])
  return WebAssembly.compile(builtin("node:fs").readFileSync(place))
}

const modules = new Map<Coded, Promise<CompiledModule | undefined>>()

const moduleOf = (format: Coded): Promise<CompiledModule | undefined> => {
  const module = modules.get(format) ?? compiled(format)
  modules.set(format, module)
  return module
}

/** What libjpeg says where it would fill the rest of an image with grey. */
const isCut = (message: string): boolean => message.startsWith("Premature end")

/**
 * The codecs in C say on the console what is wrong, warnings too, and end their process. Here that is thrown out of them, so that it
 * reaches the one whose image it is.
 */
const speech = () => {
  let last = "it can't be decoded"
  const say = (message: unknown): void => {
    const text = String(message)
    if (text.includes("terminated with exit")) return
    if (isCut(text)) throw new Error(text)
    last = text
  }
  const quit = (): never => {
    throw new Error(last)
  }
  return { print: say, printErr: say, quit }
}

const start = async (format: Coded): Promise<Codec> => {
  const codec = (await load[format]()) as Codec
  const module = await moduleOf(format)
  await codec.init(module, ...(format === "png" ? [] : [speech()]))
  return codec
}

const started = new Map<Coded, Promise<Codec>>()

const codecOf = (format: Coded): Promise<Codec> => {
  const codec = started.get(format) ?? start(format)
  started.set(format, codec)
  return codec
}

const decodeCoded = async (format: Coded, bytes: Uint8Array): Promise<Bitmap> => {
  const codec = await codecOf(format)
  try {
    const { width, height, data } = await codec.default(bytes)
    return { width, height, channels: 4, pixels: data, isOpaque: format === "jpeg" }
  } catch (cause) {
    // What was interrupted may be left in any state, and its memory is not given back.
    if (format !== "png") started.delete(format)
    throw cause
  }
}

/** Bytes per pixel that the decoder in JavaScript may take, by its own count. */
const bytesPerPixel = 64
const mebi = 2 ** 20

const decodeInJavaScript = async (bytes: Uint8Array, maximumPixels: number): Promise<Bitmap> => {
  const { default: jpeg } = await import("jpeg-js")
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: maximumPixels / 1e6,
    maxMemoryUsageInMB: Math.ceil((maximumPixels * bytesPerPixel) / mebi)
  })
  return { width, height, channels: 3, pixels: data }
}

const formats: ReadonlyArray<ImageFormat> = ["jpeg", "png", "webp"]

const decode: ImageDecoder["decode"] = (bytes, header: ImageHeader, _, maximumPixels) =>
  header.isCmyk === true ? decodeInJavaScript(bytes, maximumPixels) : decodeCoded(header.format as Coded, bytes)

export const portable: ImageDecoder = { name: "portable", formats, decode }
