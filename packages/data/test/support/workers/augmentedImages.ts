/** What threads of the laws read: a folder of images, augmented when it is read. */
import * as Effect from "effect/Effect"
import * as Augment from "../../../src/Augment.ts"
import * as Images from "../../../src/Images.ts"

export const recipe = [
  Augment.crop({ padding: 2 }),
  Augment.flip(),
  Augment.affine({ degrees: 20, shearX: 5 }),
  Augment.colourJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1 }),
  Augment.erase(),
  Augment.randAugment({ without: ["equalize"] })
]

export const plain = ({ folder }: { readonly folder: string }) => Images.folder(folder, { size: 8, normalize: "unit" })

export const augmented = (options: { readonly folder: string }) =>
  Effect.flatMap(plain(options), (dataset) => Augment.onHost(dataset, recipe))
