/**
 * Weights of PyTorch's models under Etude's paths, in the layout of tf.js. Each model of this package has a table, `renames`, and a function,
 * `fromPyTorch`, which gives weights for `WarmStart.model` of `@etude/checkpoint`. Whoever ports another model writes a table of the same
 * kind and calls {@link convert}.
 */
import type { TensorData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { permuted, splitLast } from "./internal/permuted.ts"

/** Tensors by name, as `Safetensors` of `@etude/checkpoint` reads them. */
export type Weights = { readonly [name: string]: TensorData }

/**
 * How a tensor stands there:
 *
 * - `same`: as here;
 * - `linear`: [outputs, inputs], here [inputs, outputs];
 * - `convolution`: [outputs, inputs, height, width], here [height, width, inputs, outputs];
 * - `depthwise`: [channels, 1, height, width], here [height, width, channels, 1];
 * - `token`: [1, 1, width], here [width];
 * - `positions`: [1, time, width], here [time, width].
 */
export type Layout = keyof typeof layouts

/** The axes in the order that they have here; those left out are of size 1. */
const layouts = {
  same: undefined,
  linear: [1, 0],
  convolution: [2, 3, 1, 0],
  depthwise: [2, 3, 0, 1],
  token: [2],
  positions: [1, 2]
} as const

/** One tensor of the original. */
export interface Rename {
  /** Its name there: `layer1.0.conv1.weight`. */
  readonly from: string
  /** Its path here: `parameters/stage1/0/conv1/kernel`. Several: parts of equal size, of its last axis here. */
  readonly to: string | ReadonlyArray<string>
  /** Default: `same`. */
  readonly layout?: Layout
}

/** Tensors that are not those of the original. */
export class PyTorchWeightsUnfit extends Schema.TaggedError<PyTorchWeightsUnfit>()("PyTorchWeightsUnfit", {
  model: Schema.String,
  /** Names that the original has. */
  missing: Schema.Array(Schema.String),
  /** Names that the original doesn't have. */
  unknown: Schema.Array(Schema.String),
  /** Tensors with a number of axes that the original's don't have. */
  misshapen: Schema.Array(
    Schema.Struct({ name: Schema.String, found: Schema.Array(Schema.Number), axes: Schema.Number })
  )
}) {
  override get message() {
    const lines = [
      ...this.misshapen.map(
        ({ name, found, axes }) => `${name} has the shape [${found.join(", ")}], expected one with ${axes} axes`
      ),
      ...this.missing.map((name) => `${name} is missing`),
      ...this.unknown.map((name) => `${name} is not a tensor of this model`)
    ]
    const more = lines.length > longest ? [`and ${lines.length - longest} more`] : []
    return (
      `The tensors are not those of ${this.model} at these sizes.` +
      `${[...lines.slice(0, longest), ...more].map((line) => `\n  ${line}`).join("")}\n` +
      "Give the sizes of the model that they come from, and all of its state_dict."
    )
  }
}

/** Lines of a message. */
const longest = 50

/** How many axes a tensor has there, where its layout says it. */
const axesOf = ({ layout = "same" }: Rename): number | undefined =>
  layout === "token" || layout === "positions" ? 3 : layouts[layout]?.length

const converted = ({ to, layout = "same" }: Rename, data: TensorData): ReadonlyArray<readonly [string, TensorData]> => {
  const axes = layouts[layout]
  const whole = axes === undefined ? data : permuted(data, axes)
  if (typeof to === "string") return [[to, whole]]
  const parts = splitLast(whole, to.length)
  return to.flatMap((path, index) => {
    const part = parts[index]
    return part === undefined ? [] : [[path, part] as const]
  })
}

export interface ConvertOptions {
  /** The original's name, for the error. */
  readonly model: string
  readonly renames: ReadonlyArray<Rename>
  /** Names that don't matter. Default: numbers of batches, which batch normalization counts. */
  readonly ignores?: (name: string) => boolean
}

const isCount = (name: string): boolean => name.endsWith("num_batches_tracked")

/**
 * The tensors under our paths, in our layout. Values are copied where their order changes. All tensors of the table must be there, and no
 * others; whether sizes fit is left to `WarmStart.model`.
 */
export const convert = (
  tensors: Weights,
  { model, renames, ignores = isCount }: ConvertOptions
): Effect.Effect<Weights, PyTorchWeightsUnfit> =>
  Effect.suspend(() => {
    const known = new Set(renames.map(({ from }) => from))
    const missing = [...known].filter((name) => !Object.hasOwn(tensors, name))
    const unknown = Object.keys(tensors).filter((name) => !known.has(name) && !ignores(name))
    const misshapen = renames.flatMap((rename) => {
      const [found, axes] = [tensors[rename.from]?.shape, axesOf(rename)]
      return found === undefined || axes === undefined || found.length === axes
        ? []
        : [{ name: rename.from, found, axes }]
    })
    if (missing.length + unknown.length + misshapen.length > 0) {
      return Effect.fail(new PyTorchWeightsUnfit({ model, missing, unknown, misshapen }))
    }
    const entries = renames.flatMap((rename) => {
      const data = tensors[rename.from]
      return data === undefined ? [] : converted(rename, data)
    })
    return Effect.succeed(Object.fromEntries(entries))
  })

/** The weights of a linear layer, as those of a dense one. */
export const linear = (from: string, to: string): ReadonlyArray<Rename> => [
  { from: `${from}.weight`, to: `parameters/${to}/kernel`, layout: "linear" },
  { from: `${from}.bias`, to: `parameters/${to}/bias` }
]

/** The kernel of a convolution without bias. */
export const convolution = (from: string, to: string, layout: "convolution" | "depthwise" = "convolution"): Rename => ({
  from: `${from}.weight`,
  to: `parameters/${to}/kernel`,
  layout
})

/** Scale and offset of a normalization. */
export const norm = (from: string, to: string): ReadonlyArray<Rename> => [
  { from: `${from}.weight`, to: `parameters/${to}/scale` },
  { from: `${from}.bias`, to: `parameters/${to}/offset` }
]

/** Scale, offset and running statistics of batch normalization. */
export const batchNorm = (from: string, to: string): ReadonlyArray<Rename> => [
  ...norm(from, to),
  { from: `${from}.running_mean`, to: `statistics/${to}/mean` },
  { from: `${from}.running_var`, to: `statistics/${to}/variance` }
]
