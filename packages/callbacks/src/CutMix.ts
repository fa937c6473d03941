/**
 * CutMix: a rectangle of each image comes from another one, and its target as far as the rectangle covers it. Yun et al. 2019,
 * arXiv:1905.04899.
 *
 * ```ts
 * CutMix.layer({ classes: 10 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import { element } from "@etude/core/Lookup"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import * as RandomBits from "@etude/core/RandomBits"
import type { TensorBatch } from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import { type MixOptions, pairs } from "./internal/pairs.ts"
import * as Targets from "./internal/targets.ts"
import { drawLambda } from "./Mixup.ts"

const fields = {
  alpha: Options.withDefault(
    Options.positive,
    1,
    "The part λ of an image that stays is drawn from Beta(α, α); 1 draws it uniformly"
  ),
  classes: Schema.optionalKey(Options.count("classes")).annotate({
    description: "The number of classes; needed where targets are labels (int32)"
  }),
  target: Targets.target,
  id: Options.id('"cutMix"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "cutMix"

/** A rectangle of images: rows from `top` to before `bottom`, columns from `left` to before `right`; scalars in pixels. */
export interface Box {
  readonly top: tf.Tensor
  readonly bottom: tf.Tensor
  readonly left: tf.Tensor
  readonly right: tf.Tensor
}

/** The ends of a stretch of `length` around `centre` inside of 0 … side. */
const stretch = (centre: tf.Tensor, length: tf.Tensor, side: number) => {
  const half = tf.floor(tf.div(length, 2))
  return [tf.maximum(tf.sub(centre, half), 0), tf.minimum(tf.add(centre, half), side)] as const
}

/**
 * A rectangle of the images' proportions that covers 1 − λ of them, around a place (y, x) in [0, 1); what lies outside of the images is
 * cut off. As torchvision's `CutMix`.
 */
export const boxOf = (
  lambda: tf.Tensor,
  place: { readonly y: tf.Tensor; readonly x: tf.Tensor },
  { height, width }: { readonly height: number; readonly width: number }
): Box => {
  const ratio = tf.sqrt(tf.sub(1, lambda))
  const [top, bottom] = stretch(tf.floor(tf.mul(place.y, height)), tf.mul(ratio, height), height)
  const [left, right] = stretch(tf.floor(tf.mul(place.x, width)), tf.mul(ratio, width), width)
  return { top, bottom, left, right }
}

/** 1 inside of a stretch of positions, [side]. */
const inside = (from: tf.Tensor, to: tf.Tensor, side: number): tf.Tensor => {
  const positions = tf.range(0, side)
  return tf.cast(tf.logicalAnd(tf.greaterEqual(positions, from), tf.less(positions, to)), "float32")
}

/** Height and width of images [batch, height, width, channels]. */
const sizeOf = ({ inputs }: TensorBatch): { readonly height: number; readonly width: number } => {
  const all = Object.values(Tensors.asRecord(inputs))
  const { shape } = element(all, 0)
  const isImages = shape.length === 4 && all.every((one) => one.shape.slice(1, 3).join() === shape.slice(1, 3).join())
  if (isImages) return { height: Tensors.sideOf(shape, 1), width: Tensors.sideOf(shape, 2) }
  throw new Error(
    `cutMix needs images [batch, height, width, channels] of one size, but inputs are ${all.map((one) => `[${one.shape.join(", ")}]`).join(", ")}`
  )
}

/**
 * Puts a rectangle of the image that mirrors a sample's place in the batch into each image [batch, height, width, channels], and blends
 * targets and weights by the part that stays, as `Mixup.mix` does. Inputs become float32. Masks are refused.
 */
export const cut = (batch: TensorBatch, box: Box, options: MixOptions = {}): TensorBatch => {
  if (batch.mask !== undefined) throw new Error("cutMix blends whole samples, but this data has a mask")
  const { height, width } = sizeOf(batch)
  const [rows, columns] = [inside(box.top, box.bottom, height), inside(box.left, box.right, width)]
  const isCut = tf.mul(tf.reshape(rows, [1, height, 1, 1]), tf.reshape(columns, [1, 1, width, 1]))
  const area = tf.mul(tf.sub(box.bottom, box.top), tf.sub(box.right, box.left))
  const lambda = tf.reshape(tf.sub(1, tf.div(area, height * width)), [1])
  const put = (x: tf.Tensor) => {
    const values = tf.cast(x, "float32")
    // What is selected is taken as it is: a product of two images could be NaN where one of them is.
    return tf.where(tf.cast(tf.broadcastTo(isCut, x.shape), "bool"), tf.reverse(values, 0), values)
  }
  return pairs(batch, lambda, put, options)
}

/** The transform, after label smoothing where there is one. One rectangle for all images of a step, drawn by the step. */
export const { layer, entry, plugin } = Plugin.callback({
  name: "cutMix",
  title: "CutMix",
  description: "Trains on images with a rectangle of another one",
  kind: "transform",
  config: Config,
  make: (options, place) => {
    const decoded = { ...options, ...Targets.classesOf(options, place) }
    const draw = drawLambda(decoded.alpha)
    return Callback.transform({
      id: decoded.id ?? id,
      after: ["labelSmoothing"],
      transform: {
        batch: (batch, { random, targets: kinds }) => {
          const uniform = (path: string) => RandomBits.uniform(random, path, [1])
          const box = boxOf(draw(random, 1), { y: uniform("y"), x: uniform("x") }, sizeOf(batch))
          return cut(batch, box, { ...decoded, kinds })
        }
      }
    })
  }
})
