/** What the page of the browser test runs. */
import * as Draw from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import * as BrowserImages from "../../src/BrowserImages.ts"
import { portable } from "../../src/ImageDecoder.ts"

export interface Picture {
  readonly base64: string
  readonly width: number
  readonly height: number
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

/** The pixels of a picture by one of the decoders, or the message of its error. */
export const pixelsOf = (
  { base64, width, height }: Picture,
  decoder: "portable" | "platform",
  background: readonly [number, number, number]
): Promise<ReadonlyArray<number> | string> =>
  Effect.gen(function* () {
    const options = {
      size: [height, width],
      background,
      decoder: decoder === "portable" ? portable : BrowserImages.platform
    } as const
    const dataset = yield* BrowserImages.list([{ image: new Blob([bytesOf(base64)]) }], options)
    const read = dataset.read(Int32Array.of(0), Draw.fixed)
    const batch = Effect.isEffect(read) ? yield* read : read
    return Array.from(batch.inputs as Uint8Array)
  }).pipe(
    Effect.catch(({ message }) => Effect.succeed(message)),
    Effect.runPromise
  )
