/** Policies: a few operations out of a list, drawn for each sample. RandAugment and TrivialAugment are two of them. */
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { brightness, contrast, inRow, saturation, sharpness } from "./colour.ts"
import { affineWarp, type Fill, geometric, wholeBetween } from "./geometry.ts"
import { autoContrast, equalize, posterize, solarize } from "./levels.ts"
import { type ImageShape, isNeutral, type Operation, problemsOf, type StepInputs } from "./operation.ts"
import { identity, warpSize } from "./warp.ts"

/** What a policy chooses from. */
export const policyOperations = [
  "identity",
  "shearX",
  "shearY",
  "shiftX",
  "shiftY",
  "rotate",
  "brightness",
  "saturation",
  "contrast",
  "sharpness",
  "posterize",
  "solarize",
  "autoContrast",
  "equalize"
] as const
export type PolicyOperation = (typeof policyOperations)[number]

/** How strong each operation can be, at magnitude 1. */
export interface Strengths {
  /** The tangent of the angle. */
  readonly shear: number
  /** In pixels, of a side of the image. */
  readonly shift: (side: number) => number
  readonly degrees: number
  /** Factors are 1 ± this. */
  readonly factor: number
  /** Bits of the 8 that are lost. */
  readonly bits: number
}

/** torchvision's of `RandAugment`. */
export const randStrengths: Strengths = {
  shear: 0.3,
  shift: (side) => (150 / 331) * side,
  degrees: 30,
  factor: 0.9,
  bits: 4
}

/** torchvision's of `TrivialAugmentWide`. */
export const wideStrengths: Strengths = { shear: 0.99, shift: () => 32, degrees: 135, factor: 0.99, bits: 6 }

/** Numbers of one slot: a change of coordinates, the factors, and the levels. */
const [factorsAt, levelsAt] = [warpSize, warpSize + 4]
const slotSize = levelsAt + 4
const neutralSlot: ReadonlyArray<number> = [...identity, 1, 1, 1, 1, 1, 256, 0, 0]

/** The numbers of one operation, at a magnitude in 0 … 1 and with a sign. */
export const slotOf = (
  operation: PolicyOperation,
  magnitude: number,
  sign: number,
  shape: ImageShape,
  strengths: Strengths
): ReadonlyArray<number> => {
  const slot = [...neutralSlot]
  const warp = (map: Parameters<typeof affineWarp>[1]) => [...affineWarp(shape, map), ...neutralSlot.slice(warpSize)]
  const set = (place: number, value: number) => {
    slot[place] = value
    return slot
  }
  const lean = (sign * Math.atan(strengths.shear * magnitude) * 180) / Math.PI
  const factor = 1 + sign * strengths.factor * magnitude
  const shift = (side: number) => sign * Math.floor(strengths.shift(side) * magnitude)
  // Shears keep the upper left corner, as those of Pillow do.
  const about = [-shape.width / 2, -shape.height / 2] as const
  switch (operation) {
    case "identity":
      return slot
    case "shearX":
      return warp({ shear: [lean, 0], about })
    case "shearY":
      return warp({ shear: [0, lean], about })
    case "shiftX":
      return warp({ shift: [shift(shape.width), 0] })
    case "shiftY":
      return warp({ shift: [0, shift(shape.height)] })
    case "rotate":
      return warp({ degrees: -sign * strengths.degrees * magnitude })
    case "brightness":
      return set(factorsAt, factor)
    case "saturation":
      return set(factorsAt + 1, factor)
    case "contrast":
      return set(factorsAt + 2, factor)
    case "sharpness":
      return set(factorsAt + 3, factor)
    case "posterize":
      return set(levelsAt, 2 ** Math.round(strengths.bits * magnitude))
    case "solarize":
      return set(levelsAt + 1, Math.ceil(255 * (1 - magnitude)))
    case "autoContrast":
      return set(levelsAt + 2, 1)
    case "equalize":
      return set(levelsAt + 3, 1)
  }
}

/** What one slot does, as three operations of which at most one changes anything. */
const partsOf = (fill: Fill): ReadonlyArray<Operation> => {
  const nothing = () => []
  const inTheStep = { ...equalize, step: ({ images }: { readonly images: tf.Tensor }) => images }
  return [
    geometric("warp", fill, nothing, []),
    inRow(
      "factors",
      [brightness, saturation, contrast, sharpness],
      neutralSlot.slice(factorsAt, levelsAt),
      nothing,
      []
    ),
    inRow("levels", [posterize, solarize, autoContrast, inTheStep], neutralSlot.slice(levelsAt), nothing, [])
  ]
}

interface Policy extends Fill {
  readonly name: string
  /** Operations that are drawn for a sample, one after another. */
  readonly slots: number
  readonly strengths: Strengths
  readonly without: ReadonlyArray<PolicyOperation>
  /** The magnitude of a slot, in 0 … 1. */
  readonly magnitude: (key: Rng.Key) => number
  readonly problems: ReadonlyArray<string>
}

const policy = ({ name, slots, strengths, without, magnitude, problems, ...fill }: Policy): Operation => {
  const operations = policyOperations.filter((operation) => !without.includes(operation))
  const parts = partsOf(fill)
  // A step has no histograms; what stands for them there changes nothing.
  const canStep = !operations.includes("equalize")
  const row = Array.from({ length: slots }, () => parts).flat()
  const draw = (key: Rng.Key, shape: ImageShape) =>
    Array.from({ length: slots }, (_, slot) => {
      const slotKey = Rng.fold(key, slot)
      const operation = operations[wholeBetween(slotKey, 0, 0, operations.length - 1)] ?? "identity"
      const sign = Rng.uniform(slotKey, 1) < 0.5 ? -1 : 1
      return slotOf(operation, magnitude(slotKey), sign, shape, strengths)
    }).flat()
  return {
    ...{ name, draw, size: slots * slotSize, neutral: Array.from({ length: slots }, () => neutralSlot).flat() },
    host: throughAll(row),
    ...(canStep ? { step: throughAllInStep(row) } : {}),
    problems: [
      ...problems,
      ...(operations.length === 0 ? ["without is every operation, expected one or more that stay"] : [])
    ]
  }
}

const throughAll =
  (row: ReadonlyArray<Operation>): Operation["host"] =>
  (source, target, parameters, shape, range) => {
    target.set(source)
    let from = 0
    for (const { size, neutral, host } of row) {
      const numbers = parameters.subarray(from, from + size)
      from += size
      if (!isNeutral(numbers, neutral)) host(target.slice(), target, numbers, shape, range)
    }
  }

const throughAllInStep =
  (row: ReadonlyArray<Operation>) =>
  (inputs: StepInputs): tf.Tensor => {
    const [batch] = inputs.images.shape as [number]
    let from = 0
    return row.reduce((images, { size, step }) => {
      const parameters = tf.slice(inputs.parameters, [0, from], [batch, size])
      from += size
      return step?.({ ...inputs, images, parameters }) ?? images
    }, inputs.images)
  }

export interface RandAugmentOptions extends Fill {
  /** Operations for each sample, one after another. Default: 2. */
  readonly operations?: number
  /** 0 … 30: how strong they are. Default: 9. */
  readonly magnitude?: number
  /** Operations that are left out; without "equalize" it can be in the step. Default: none. */
  readonly without?: ReadonlyArray<PolicyOperation>
}

export const randAugment = (options: RandAugmentOptions = {}): Operation => {
  const { operations = 2, magnitude = 9, without = [], ...fill } = options
  const isCount = Number.isSafeInteger(operations) && operations >= 1
  return policy({
    ...{ name: "randAugment", slots: isCount ? operations : 1, without, ...fill },
    strengths: randStrengths,
    magnitude: () => magnitude / 30,
    problems: problemsOf(
      [isCount, "operations", operations, "a whole number of at least 1"],
      [magnitude >= 0 && magnitude <= 30, "magnitude", magnitude, "a number in 0 … 30"]
    )
  })
}

export interface TrivialAugmentOptions extends Fill {
  /** Operations that are left out; without "equalize" it can be in the step. Default: none. */
  readonly without?: ReadonlyArray<PolicyOperation>
}

export const trivialAugment = ({ without = [], ...fill }: TrivialAugmentOptions = {}): Operation =>
  policy({
    ...{ name: "trivialAugment", slots: 1, without, ...fill },
    strengths: wideStrengths,
    magnitude: (key) => wholeBetween(key, 2, 0, 30) / 30,
    problems: []
  })
