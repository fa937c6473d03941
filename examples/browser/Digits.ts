/** The training images of MNIST: 60,000 digits of 28×28 bytes, from 0 (paper) to 255 (ink). */

export const side = 28
export const size = side * side

export interface Digits {
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
}

/** The contents of the two IDX files, which begin with 16 and 8 bytes of types and sizes. */
export const ofFiles = (images: Uint8Array, labels: Uint8Array): Digits => ({
  pixels: images.subarray(16),
  labels: labels.subarray(8)
})

/** The first so many. */
export const first = ({ pixels, labels }: Digits, count: number): Digits => ({
  pixels: pixels.subarray(0, count * size),
  labels: labels.subarray(0, count)
})

/** A twelfth is held out, the last 5,000 of 60,000. */
export const heldOutOf = (images: number): number => Math.ceil(images / 12)

export const split = ({ pixels, labels }: Digits) => {
  const trained = labels.length - heldOutOf(labels.length)
  return {
    train: first({ pixels, labels }, trained),
    heldOut: { pixels: pixels.subarray(trained * size), labels: labels.subarray(trained) }
  }
}

const fetched = async (url: URL): Promise<Uint8Array> => {
  const response = await fetch(url)
  if (!response.ok || response.body === null) throw new Error(`${url} answers with ${response.status}.`)
  const unzipped = new Response(response.body.pipeThrough(new DecompressionStream("gzip")))
  return new Uint8Array(await unzipped.arrayBuffer())
}

/** From the gzipped files below a URL. */
export const fetchFrom = async (base: URL): Promise<Digits> => {
  const files = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]
  const [images, labels] = await Promise.all(files.map((file) => fetched(new URL(file, base))))
  if (images === undefined || labels === undefined) throw new Error("MNIST is incomplete.")
  return ofFiles(images, labels)
}
