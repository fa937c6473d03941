/** Beginning a new run with stored weights: chosen by path patterns, renamed, strict or not, with an account of each tensor. */
import { Event, type Model, PathPattern, type Task, type Tensors, Trainer, type TrainState } from "@etude/core"
import { mapEntry } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as KernelLayout from "./KernelLayout.ts"
import * as Renaming from "./Renaming.ts"

type Kind = Event.TensorKind
/** The outcome for each tensor. */
export type Account = Event.WeightsAccount
export const Account: Schema.Codec<Account> = Event.WeightsAccount

/** `[2, 3]`, with the dtype where the dtypes differ. */
const text = ({ shape, dtype }: Kind, other: Kind): string =>
  `[${shape.join(", ")}]${dtype === other.dtype ? "" : ` ${dtype}`}`

/** So many problems are listed, which is enough to see what they have in common. */
const mostListed = 60

/** Weights that do not fit a model, where they were required to. */
export class WeightsUnfit extends Schema.TaggedError<WeightsUnfit>()("WeightsUnfit", {
  model: Schema.String,
  account: Account,
  /** What is wrong with the request itself: patterns that match nothing, and names that become the same. */
  problems: Schema.optionalKey(Schema.Array(Schema.String))
}) {
  override get message() {
    const { missing, unused, mismatched } = this.account
    const lines = [
      ...(this.problems ?? []),
      ...mismatched.map(
        ({ path, found, expected }) =>
          `${path} is ${text(found, expected)} in the weights and ${text(expected, found)} in the model`
      ),
      ...missing.map((path) => `${path} is in the model, but not in the weights`),
      ...unused.map((path) => `${path} is in the weights, but not in the model`)
    ]
    const more = lines.length > mostListed ? [`and ${lines.length - mostListed} more`] : []
    const list = [...lines.slice(0, mostListed), ...more].map((one) => `\n  ${one}`).join("")
    const isOfPyTorch = unused.some((path) => path.endsWith(".weight"))
    return (
      `The weights do not fit ${this.model}; nothing was loaded.${list}\n` +
      `Choose what to load by patterns (match: "conv*/**"), or load what fits (strict: false).` +
      (isOfPyTorch ? ` These look like names of PyTorch: layout: "pytorch" reads them, and rename maps them.` : "")
    )
  }
}

type Patterns = string | ReadonlyArray<string>

/** What to take of stored weights, and as what. */
export interface Choice {
  /** Patterns over the model's paths; everything, by default. */
  readonly match?: Patterns
  /** Rules by which the names of stored tensors become the model's paths, applied in order. Statistics are `statistics/…`. */
  readonly rename?: ReadonlyArray<Renaming.Rule>
  /** Patterns over names, as `rename` leaves them, of stored tensors that are not wanted. */
  readonly ignore?: Patterns
  /**
   * "pytorch": dots in names are slashes, before `rename`, and tensors that `kernels` matches are turned from output channels
   * first to last (see `KernelLayout`). Default: names and dimensions are as here.
   */
  readonly layout?: "pytorch"
  /** With a layout, patterns over the model's paths of what it turns; `**\/kernel`, by default. */
  readonly kernels?: Patterns
  /** Whether everything that matches must be there and fit, and every weight that matches be used; true by default. */
  readonly strict?: boolean
}

export interface WarmStartOptions extends Choice {
  /** Weights by path, as `parameters/conv1/kernel` and `statistics/bn/mean`, or without that first part (parameters). */
  readonly weights: { readonly [path: string]: TrainState.TensorData }
}

const split = (path: string): readonly [group: "parameters" | "statistics", path: string] =>
  path.startsWith("statistics/")
    ? ["statistics", path.slice("statistics/".length)]
    : ["parameters", path.replace(/^parameters\//, "")]

const kindOf = ({ shape, dtype }: Kind): Kind => ({ shape: [...shape], dtype })

/** Shapes and dtypes of variables by path, from one initialization, whose values are thrown away. */
const kindsOf = (initialize: () => Model.Variables): ReadonlyMap<string, Kind> => {
  const kinds = new Map<string, Kind>()
  tf.tidy(() => {
    const { parameters, statistics } = initialize()
    for (const [path, value] of Object.entries(parameters)) kinds.set(`parameters/${path}`, kindOf(value))
    for (const [path, value] of Object.entries(statistics)) kinds.set(`statistics/${path}`, kindOf(value))
  })
  return kinds
}

const listOf = (patterns: Patterns): ReadonlyArray<string> => (typeof patterns === "string" ? [patterns] : patterns)

/** Stored weights by the paths that they are looked for by. */
interface Stored {
  readonly tensors: ReadonlyMap<string, TrainState.TensorData>
  readonly changed: Pick<Account, "renamed" | "transposed" | "ignored">
  /** Rules that no name went through, and names that became the same. */
  readonly problems: ReadonlyArray<string>
}

const storedOf = ({ weights, rename = [], ignore = [], layout, kernels = "**/kernel" }: WarmStartOptions): Stored => {
  const [renameOne, isIgnored, isKernel] = [
    Renaming.renamer(rename),
    PathPattern.matcherOfAny(ignore),
    PathPattern.matcherOfAny(kernels)
  ]
  const tensors = new Map<string, TrainState.TensorData>()
  const sources = new Map<string, string>()
  const used = new Set<number>()
  const [renamed, transposed, ignored, problems]: [Array<Renaming.Rule>, Array<string>, Array<string>, Array<string>] =
    [[], [], [], []]
  for (const [source, data] of Object.entries(weights)) {
    const name = layout === "pytorch" ? source.replaceAll(".", "/") : source
    const { name: target, by } = renameOne(name.replace(/^parameters\//, ""))
    for (const index of by) used.add(index)
    if (isIgnored(target)) {
      ignored.push(source)
      continue
    }
    const [group, path] = split(target)
    const full = `${group}/${path}`
    const earlier = sources.get(full)
    if (earlier !== undefined) problems.push(`${earlier} and ${source} both become ${full}`)
    const isTurned = layout === "pytorch" && group === "parameters" && isKernel(path) && data.shape.length > 1
    if (isTurned) transposed.push(full)
    if (split(source).join("/") !== full) renamed.push({ from: source, to: full })
    tensors.set(full, isTurned ? KernelLayout.fromPyTorch(data) : data)
    sources.set(full, source)
  }
  const idle = rename.filter((_, index) => !used.has(index))
  return {
    tensors,
    changed: {
      ...(renamed.length === 0 ? {} : { renamed }),
      ...(transposed.length === 0 ? {} : { transposed }),
      ...(ignored.length === 0 ? {} : { ignored })
    },
    problems: [...idle.map(({ from }) => `rename: "${from}" matches no name in the weights`), ...problems]
  }
}

/** What is taken of stored weights, and what became of the rest. */
interface Plan {
  readonly account: Account
  /** By path, with its group. */
  readonly loaded: ReadonlyMap<string, TrainState.TensorData>
}

const planOf = (
  name: string,
  kinds: ReadonlyMap<string, Kind>,
  options: WarmStartOptions
): Result.Result<Plan, WeightsUnfit> => {
  const { match = "**", strict = true } = options
  const matches = PathPattern.matcherOfAny(match)
  const { tensors: stored, changed, problems } = storedOf(options)
  const selected = [...kinds].filter(([path]) => matches(split(path)[1]))
  const fits = (path: string, { shape, dtype }: Kind) => {
    const data = stored.get(path)
    return data?.dtype === dtype && data.shape.join() === shape.join()
  }
  const loaded = selected.filter(([path, kind]) => stored.has(path) && fits(path, kind)).map(([path]) => path)
  const account: Account = {
    loaded,
    missing: selected.filter(([path]) => !stored.has(path)).map(([path]) => path),
    unused: [...stored.keys()].filter(
      (path) => !loaded.includes(path) && !(kinds.has(path) && matches(split(path)[1]))
    ),
    mismatched: selected
      .filter(([path, kind]) => stored.has(path) && !fits(path, kind))
      .map(([path, expected]) => ({ path, found: kindOf(mapEntry(stored, path)), expected })),
    ...changed
  }
  const unused = account.unused.filter((path) => matches(split(path)[1]))
  const idle = listOf(match)
    .filter((pattern) => ![...kinds.keys()].some((path) => PathPattern.matcher(pattern)(split(path)[1])))
    .map((pattern) => `match: "${pattern}" matches nothing in the model`)
  const wrong = [...idle, ...problems]
  if (strict && account.missing.length + account.mismatched.length + unused.length + wrong.length > 0) {
    const more = wrong.length === 0 ? {} : { problems: wrong }
    return Result.fail(new WeightsUnfit({ model: name, account: { ...account, unused }, ...more }))
  }
  return Result.succeed({ account, loaded: new Map(loaded.map((path) => [path, mapEntry(stored, path)])) })
}

/** A model that begins with what `loaded` has by its paths, below `prefix`, and as before elsewhere. */
const beginning = <In extends Tensors.TensorOrRecord, Out extends Tensors.TensorOrRecord>(
  self: Model.Model<In, Out>,
  loaded: Plan["loaded"],
  prefix = ""
): Model.Model<In, Out> => ({
  ...self,
  init: (key) => {
    const fresh = self.init(key)
    const replaced = (group: "parameters" | "statistics"): Tensors.Tensors =>
      Object.fromEntries(
        Object.entries(fresh[group]).map(([path, tensor]) => {
          const data = loaded.get(`${group}/${prefix}${path}`)
          if (data === undefined) return [path, tensor]
          tensor.dispose()
          return [path, tf.tensor(data.values.slice(), [...data.shape], data.dtype)]
        })
      )
    return { parameters: replaced("parameters"), statistics: replaced("statistics") }
  }
})

/** The model, initialized with the given weights where they match and as before elsewhere. */
export const model = <In extends Tensors.TensorOrRecord, Out extends Tensors.TensorOrRecord>(
  self: Model.Model<In, Out>,
  options: WarmStartOptions
): Effect.Effect<{ readonly model: Model.Model<In, Out>; readonly account: Account }, WeightsUnfit> =>
  Effect.suspend(() => {
    const kinds = kindsOf(() => self.init({ hi: 0, lo: 0 }))
    return Effect.fromResult(
      Result.map(planOf(self.name, kinds, options), ({ account, loaded }) => ({
        model: beginning(self, loaded),
        account
      }))
    )
  })

/**
 * The task, whose models are initialized with the given weights, by the task's paths: those of the model named `""` unchanged, those
 * of others as `model/path`.
 */
export const task = <T extends Task.Task>(
  self: T,
  options: WarmStartOptions
): Effect.Effect<{ readonly task: T; readonly account: Account }, WeightsUnfit> =>
  Effect.suspend(() => {
    const kinds = kindsOf(() => Trainer.initialWeights(self, 0))
    const begun = ({ account, loaded }: Plan) => {
      const models = Object.entries(self.models).map(
        ([name, one]) => [name, beginning(one, loaded, name === "" ? "" : `${name}/`)] as const
      )
      return { task: { ...self, models: Object.fromEntries(models) }, account }
    }
    return Effect.fromResult(Result.map(planOf(self.name, kinds, options), begun))
  })
