/**
 * Random changes of images in training. One description, a list of operations, has two homes: {@link onHost} changes the pixels when a
 * batch is read, {@link inStep} in the training step, where they are compiled with it. Both draw the same numbers on the host, by seed, epoch
 * and sample: the size of batches, their order, threads and reading ahead change no draw, and a resumed run draws what an unbroken one does.
 * In validation, test and prediction nothing is changed.
 *
 * ```ts
 * const recipe = [Augment.crop({ padding: 4 }), Augment.flip()]
 * const augmented = yield* Augment.onHost(train, recipe)
 * ```
 */
import { type Dataset, type FieldSpec, type Fields, isSpec, type TypedArray } from "@etude/core/Dataset"
import type * as Draw from "@etude/core/Draw"
import { DataError, type DatasetInvalid } from "@etude/core/Errors"
import type { Model } from "@etude/core/Model"
import type { TensorOrRecord } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Colour from "./internal/augment/colour.ts"
import * as Erase from "./internal/augment/erase.ts"
import * as Geometry from "./internal/augment/geometry.ts"
import * as Homes from "./internal/augment/homes.ts"
import * as Mixing from "./internal/augment/mixing.ts"
import type { ImageShape, Operation, Range } from "./internal/augment/operation.ts"
import * as Policies from "./internal/augment/policies.ts"

export type { ColourJitterOptions } from "./internal/augment/colour.ts"
export type { CutoutOptions, EraseOptions } from "./internal/augment/erase.ts"
export type { AffineOptions, CropOptions, FlipOptions, ResizedCropOptions } from "./internal/augment/geometry.ts"
export type { ImageShape, Operation, Range }

/** A random part of the image's own size, after `padding` pixels of fill were put around it; each of the (2·padding + 1)² parts equally likely. */
export const crop = (options: Geometry.CropOptions): Operation => Geometry.crop(options)

/** Mirrored left to right with probability `horizontal` (0.5), upside down with `vertical` (0). */
export const flip = (options: Geometry.FlipOptions = {}): Operation => Geometry.flip(options)

/**
 * A random part enlarged to the size of the whole, bilinear: of an area uniform in `area` · height · width and a ratio of sides log-uniform in
 * `ratio`; the whole image after ten draws that don't fit. Szegedy et al. 2015, "Going deeper with convolutions", §6, arXiv:1409.4842.
 */
export const resizedCrop = (options: Geometry.ResizedCropOptions = {}): Operation => Geometry.resizedCrop(options)

/** Rotated, shifted, enlarged and sheared about the centre, in this order from the inside: shear last. Bilinear, with fill beyond the image. */
export const affine = (options: Geometry.AffineOptions): Operation => Geometry.affine(options)

/** Rotated about the centre by up to `degrees`, either way; bilinear. */
export const rotate = (options: { readonly degrees: number } & Geometry.Fill): Operation => ({
  ...Geometry.affine(options),
  name: "rotate"
})

/** Sheared by up to `degrees`, either way, along both axes; bilinear. */
export const shear = ({ degrees, ...fill }: { readonly degrees: number } & Geometry.Fill): Operation => ({
  ...Geometry.affine({ ...fill, shearX: degrees, shearY: degrees }),
  name: "shear"
})

/**
 * Brightness, contrast, saturation and hue changed by random amounts, in this order (torchvision's `ColorJitter` draws the order too). With f from 1 ± the
 * option: x·f, clipped to black and white; m + (x − m)·f with m the mean of the image in grey; g + (x − g)·f with g each pixel in grey; the hue is
 * turned by a fraction of the circle. Needs to know what black and white are: see {@link Range}.
 */
export const colourJitter = (options: Colour.ColourJitterOptions): Operation => Colour.colourJitter(options)

/** A square of fill whose centre is any pixel. DeVries and Taylor 2017, "Improved regularization … with cutout", arXiv:1708.04552. */
export const cutout = (options: Erase.CutoutOptions): Operation => Erase.cutout(options)

/**
 * With some probability a rectangle of fill: of an area uniform in `area` · height · width and a ratio log-uniform in `ratio`, anywhere within
 * the image; nothing after ten draws that don't fit. Zhong et al. 2017, "Random erasing data augmentation", arXiv:1708.04896.
 */
export const erase = (options: Erase.EraseOptions = {}): Operation => Erase.erase(options)

/**
 * RandAugment: `operations` (2) of 14, drawn for each sample with repetition, all at `magnitude` (9 of 0 … 30), with a random sign. The ranges are those
 * of torchvision; bilinear. Cubuk et al. 2020, arXiv:1909.13719. Needs three channels for saturation, and to know what black and white
 * are: see {@link Range}. In the step only with `without: ["equalize"]`.
 */
export const randAugment = (options: Policies.RandAugmentOptions = {}): Operation => Policies.randAugment(options)

/**
 * TrivialAugment (wide): one of 14 operations for each sample, at a random one of 31 magnitudes, with a random sign. The ranges are those of
 * torchvision; bilinear. Müller and Hutter 2021, arXiv:2103.10158. In the step only with `without: ["equalize"]`.
 */
export const trivialAugment = (options: Policies.TrivialAugmentOptions = {}): Operation =>
  Policies.trivialAugment(options)

export interface PlaceOptions {
  /** The name of the input that holds the images, where there are several. */
  readonly field?: string
  /** A part of the dataset's name, below which numbers are drawn. Default: "augment". Two in a row need different names to draw differently. */
  readonly name?: string
}

export interface HostOptions extends PlaceOptions {
  /** What black and white are in images of floats; bytes have 0 and 255. Default: 0 and 1. */
  readonly range?: Range
}

/**
 * The dataset with its images changed when they are read, in training only. Bytes stay bytes: they are changed as levels of 0 … 255, and
 * rounded once, after all operations. Fails with `DatasetInvalid` where inputs are no images, or options can't be.
 */
export const onHost = (
  dataset: Dataset,
  recipe: ReadonlyArray<Operation>,
  options: HostOptions = {}
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const { spec, problems, source } = Homes.imagesOf(dataset, recipe, options)
    if (problems.length > 0 || spec === undefined) return Homes.invalid(source, problems)
    const { field, name = "augment", range = { low: 0, high: 1 } } = options
    const shape = Homes.shapeOf(spec)
    return Effect.succeed(
      Homes.changed(dataset, name, dataset.spec, (batch, indices, draw) => {
        if (!draw.training) return batch
        const parameters = Homes.drawAll(recipe, draw, name, indices, shape)
        const images = Homes.changeAll(Homes.valuesAt(batch, field), recipe, parameters, shape, range)
        return { ...batch, inputs: field === undefined ? images : { ...(batch.inputs as object), [field]: images } }
      })
    )
  })

/** The input that holds the numbers drawn for each sample, and that of the images where they had no name. */
const drawnField = "augment"
const imageField = "image"

/**
 * The dataset with the numbers that were drawn for each sample as one more input, `augment`: float32 [numbers]. Images without a name become the
 * input `image`. For a model of {@link inStep}; validation sets need it too, so that they have the same inputs: there, the numbers change nothing.
 * Fails with `DatasetInvalid` as {@link onHost} does, and for operations that a step doesn't have.
 */
export const draws = (
  dataset: Dataset,
  recipe: ReadonlyArray<Operation>,
  options: PlaceOptions = {}
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const { spec, problems, source } = Homes.imagesOf(dataset, recipe, options)
    const unfit = recipe.flatMap((operation, index) =>
      operation.step === undefined ? [hostOnly(source, operation, index)] : []
    )
    if (problems.length + unfit.length > 0 || spec === undefined) return Homes.invalid(source, [...problems, ...unfit])
    const { field = imageField, name = "augment" } = options
    const shape = Homes.shapeOf(spec)
    const { inputs } = dataset.spec
    const drawn: FieldSpec = { shape: [Homes.sizeOf(recipe)], dtype: "float32" }
    const named = <A>(fields: Fields<A>, isOne: boolean, numbers: A) =>
      isOne ? { [field]: fields as A, [drawnField]: numbers } : { ...(fields as object), [drawnField]: numbers }
    const specs = { ...dataset.spec, inputs: named<FieldSpec>(inputs, isSpec(inputs), drawn) }
    return Effect.succeed(
      Homes.changed(dataset, name, specs, (batch, indices, draw) => ({
        ...batch,
        inputs: named<TypedArray>(batch.inputs, isSpec(inputs), Homes.drawAll(recipe, draw, name, indices, shape))
      }))
    )
  })

const hostOnly = (source: string, { name }: Operation, index: number) =>
  new DataError({
    source: `${source}[${index}]`,
    found: `the operation ${name}`,
    expected: "one that a step can do",
    advice: "Use `Augment.onHost`, or leave it out."
  })

/** What black and white are in the step, by what the levels of a dataset's images mean: 0 and 255 where nothing is normalized. */
export const rangeOf = (dataset: Dataset, field?: string): Range => {
  const { inputs } = dataset.spec
  const spec = isSpec(inputs) ? inputs : inputs[field ?? imageField]
  return Homes.rangeOf(spec ?? { shape: [], dtype: "float32" })
}

export interface StepOptions {
  /** What black and white are in the step: `Augment.rangeOf(train)`. */
  readonly range: Range
  /** The name of the input that holds the images, where there were several before {@link draws}. */
  readonly field?: string
}

/**
 * The model with the changes before it, in training steps only: it takes the inputs of a dataset of {@link draws}. Outside of training it also takes
 * what `model` takes, without `augment`, so predictions need no more than that.
 */
export const inStep = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  model: Model<In, Out>,
  recipe: ReadonlyArray<Operation>,
  { range, field }: StepOptions
): Model<any, Out> => ({
  ...model,
  apply: (variables, inputs, context) => {
    const { [drawnField]: parameters, ...others } = inputs as { readonly [name: string]: tf.Tensor }
    if (parameters === undefined) return model.apply(variables, inputs as In, context)
    const images = others[field ?? imageField]
    if (images === undefined) throw new Error(`there is no input ${field ?? imageField} beside ${drawnField}`)
    const changed = context.training ? Homes.inStep(recipe, images, parameters, range) : images
    const taken = field === undefined ? changed : { ...others, [field]: changed }
    return model.apply(variables, taken as In, context)
  }
})

/** `alpha`, the number of classes, and the name below which is drawn. */
export type MixingOptions = Mixing.MixingOptions

/**
 * Mixup: each sample λ·x + (1 − λ)·y with another one of the dataset, both drawn for the sample, λ from Beta(α, α); targets are the same blend of
 * one-hot labels, float32 [classes]. Zhang et al. 2018, arXiv:1710.09412. Reads two samples for each. Outside of training nothing is blended and targets are
 * one-hot: treat validation sets alike. The callback `Mixup` blends the samples of a batch with each other, in the step; here neither the batch nor
 * its order matters. Fails with `DatasetInvalid` for inputs other than one float32 field and targets other than labels.
 */
export const mixup = (dataset: Dataset, options: MixingOptions = {}): Effect.Effect<Dataset, DatasetInvalid> =>
  Mixing.mixing(dataset, { name: "mixup", ...options }, Mixing.wholeBlend)

/**
 * CutMix: as {@link mixup}, but a rectangle of the other image is put in place of the same one of the sample, of the area 1 − λ where it lies within; the
 * labels are blended by the areas. Yun et al. 2019, arXiv:1905.04899.
 */
export const cutMix = (dataset: Dataset, options: MixingOptions = {}): Effect.Effect<Dataset, DatasetInvalid> =>
  Mixing.mixing(dataset, { name: "cutMix", ...options }, Mixing.rectangleBlend, 3)

/** One image as {@link onHost} would change it for a sample: to look at, and for what is no dataset. Bytes stay bytes. */
export const one = (
  image: TypedArray,
  shape: ImageShape,
  recipe: ReadonlyArray<Operation>,
  {
    draw,
    index,
    range = { low: 0, high: 1 }
  }: { readonly draw: Draw.Draw; readonly index: number; readonly range?: Range }
): TypedArray =>
  Homes.changeAll(image, recipe, Homes.drawAll(recipe, draw, "augment", Int32Array.of(index), shape), shape, range)
