/** Images that a browser has: bytes, files that a user chose, and addresses. */
import { DataError, reasonOf } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import { ofBytes } from "./ByteReader.ts"
import { isFault, readHeader } from "./header.ts"
import { dataErrorOf, type ImageSource, type Limits } from "./imageSource.ts"

export type ImageBytes = Blob | Uint8Array | URL

const tooLarge = (source: string, size: number, { maximumBytes }: Limits) =>
  new DataError({
    source,
    found: `${size.toLocaleString("en-US")} bytes`,
    expected: `${maximumBytes.toLocaleString("en-US")} at most`,
    advice: "Raise `maximumBytes` if it is meant to be so large."
  })

const unreadable = (source: string, cause: unknown) =>
  new DataError({
    source,
    found: `bytes that can't be read (${reasonOf(cause)})`,
    expected: "a readable image",
    advice: "Is the file or address still there?",
    cause
  })

const fetched = async (address: URL): Promise<Blob> => {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`the server answers ${response.status}`)
  return response.blob()
}

const blobOf = (image: ImageBytes): Promise<Blob | Uint8Array> | Blob | Uint8Array =>
  image instanceof URL ? fetched(image) : image

const nameOf = (image: ImageBytes, index: number): string => {
  if (image instanceof URL) return image.href
  return "name" in image && typeof image.name === "string" ? image.name : `image ${index}`
}

/** Bytes in memory, files and addresses. What is at an address is fetched for the check and for each read. */
export const imageBlobs = (images: ReadonlyArray<ImageBytes>, limits: Limits): ImageSource => {
  const read = (index: number) => {
    const image = element(images, index)
    const name = nameOf(image, index)
    return Effect.tryPromise({
      try: async (): Promise<Uint8Array<ArrayBuffer>> => {
        const blob = await blobOf(image)
        const size = blob instanceof Uint8Array ? blob.length : blob.size
        if (size > limits.maximumBytes) throw tooLarge(name, size, limits)
        return blob instanceof Uint8Array ? Uint8Array.from(blob) : new Uint8Array(await blob.arrayBuffer())
      },
      catch: (cause) => (cause instanceof DataError ? cause : unreadable(name, cause))
    })
  }
  return {
    length: images.length,
    nameOf: (index) => nameOf(element(images, index), index),
    read,
    inspect: (index) =>
      Effect.flatMap(read(index), (bytes) => {
        const header = readHeader(ofBytes(bytes))
        return isFault(header)
          ? Effect.fail(dataErrorOf(nameOf(element(images, index), index), header))
          : Effect.succeed(header)
      })
  }
}
