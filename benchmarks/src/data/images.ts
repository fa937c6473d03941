/** The folder of JPEG files, as a module that threads can import. */
import * as Images from "@etude/data/Images"

/** Images of 64 × 64 pixels, decoded in every epoch. */
export const folder = ({ path }: { readonly path: string }) =>
  Images.folder(path, { size: 64, normalize: "unit", memory: 0 })
