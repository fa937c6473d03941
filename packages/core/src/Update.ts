/**
 * Updates: what stands between gradients and the parameters, in links that chain. A link is pure, over named tensors:
 * `update(updates, scene) → [updates, slots]`. The first link of a chain gets gradients; what the last one gives is added to
 * the parameters. Clipping, decay, momentum, a learning rate: each is a link, and an optimizer is a chain of them, as in Optax:
 *
 * ```ts
 * const adamW = Update.chain(Updates.scaleByAdam(), Updates.addDecayedWeights(0.01), Updates.scaleByLearningRate())
 * ```
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import { element, entry } from "./Lookup.ts"
import * as RandomBits from "./RandomBits.ts"
import * as Scheduled from "./Scheduled.ts"
import * as Tensors from "./Tensors.ts"

/** The view of a step that a link receives beside the updates. */
export interface Scene<Number_ extends string = any, Slot extends string = any> {
  /** The parameters before the update, by the same names as the updates. */
  readonly parameters: Tensors.Tensors
  /** The link's memory, by slot and parameter. */
  readonly slots: { readonly [slot in Slot]: Tensors.Tensors }
  /** The result of `numbers` for this step, as float32 scalars. */
  readonly numbers: { readonly [name in Number_]: tf.Tensor }
  /** Draws of the link's own. */
  readonly random: RandomBits.StepRandom
  /**
   * The gradient of the same batch at other parameters: with its weights, mask, random draws, statistics and parts. For links
   * that say `secondGradient`.
   */
  readonly gradient: (parameters: Tensors.Tensors) => Tensors.Tensors
}

/** A link, or a chain of links, which is a link again. `Number_` and `Slot` are the names of its numbers and slots. */
export interface Update<Number_ extends string = any, Slot extends string = any> {
  readonly name: string
  /** Whether an element's update depends on that element alone; small parameters are then updated together in one tensor. */
  readonly elementwise: boolean
  /** The names of its memory, which is saved with the run. */
  readonly slots: ReadonlyArray<Slot>
  /** The initial memory of these parameters. */
  readonly init: (parameters: Tensors.Tensors) => { readonly [slot in Slot]: Tensors.Tensors }
  /**
   * The numbers that `update` needs at this step (from 1), from the scheduled learning rate: computed on the host in float64, and
   * handed in as scalars. A number that `update` closes over is fixed for the whole run. `at` gives the present value of a number that
   * may be scheduled.
   */
  readonly numbers: (step: number, learningRate: number, at: Scheduled.ValueAt) => Tensors.NumberTree
  /** The numbers among its options that are scheduled: events and reports have their values by these names. */
  readonly scheduled?: Scheduled.ChangingNumbers
  /** Tensors made inside belong to the step, which cleans up after itself. */
  readonly update: (
    updates: Tensors.Tensors,
    scene: Scene<Number_, Slot>
  ) => readonly [updates: Tensors.Tensors, slots: { readonly [slot in Slot]: Tensors.Tensors }]
  /** The same with the new parameters instead of what is added to them, where the backend has a kernel for it; else `undefined`. */
  readonly apply?: (
    updates: Tensors.Tensors,
    scene: Scene<Number_, Slot>
  ) => readonly [parameters: Tensors.Tensors, slots: { readonly [slot in Slot]: Tensors.Tensors }] | undefined
  /** Whether `update` only adds something to the updates, whatever their values. */
  readonly additive?: boolean
  /** Whether it uses `scene.gradient`. */
  readonly secondGradient?: boolean
  /** Links that do what this one and the next ones do, in fewer operations; `undefined` where these don't fit together. */
  readonly fuse?: (next: ReadonlyArray<Update>) => ReadonlyArray<Update> | undefined
  /** The links of a chain. */
  readonly links?: ReadonlyArray<Update>
}

/**
 * The slot by which an optimizer says that its parameters are not the ones to evaluate: how far they are ahead of those, with the same
 * shapes. Validation, test and prediction look through parameters − slot, best weights are kept as that, and the run ends with them.
 */
export const ahead = "ahead"

/** The view that a rule over one tensor receives beside it. */
export interface TensorScene<Number_ extends string = any, Factor extends string = any> {
  readonly parameter: tf.Tensor
  readonly numbers: { readonly [name in Number_]: tf.Tensor }
  readonly factors: { readonly [name in Factor]: number | tf.Tensor }
  readonly random: RandomBits.StepRandom
}

/** A link by its rule over one tensor. */
export interface TensorRule<Number_ extends string, Slot extends string, Factor extends string = never> {
  readonly name: string
  /** True by default: each element's update depends on that element alone. */
  readonly elementwise?: boolean
  /** Names of its memory: tensors of the parameter's shape. */
  readonly slots?: ReadonlyArray<Slot>
  /** The initial value of each element of a slot, or the initial tensor of all slots for a parameter. Default: 0. */
  readonly initial?: number | ((parameter: tf.Tensor) => tf.Tensor)
  readonly numbers?: (
    step: number,
    learningRate: number,
    at: Scheduled.ValueAt
  ) => { readonly [name in Number_]: number }
  /** Numbers among its options that may be scheduled: `update` has those that are as scalars, the others as they are. */
  readonly factors?: { readonly [name in Factor]: Scheduled.Scheduled }
  /** What the factors may be; from 0 by default. */
  readonly range?: Scheduled.Range
  /** See {@link Update}; the factors are among them. */
  readonly scheduled?: Scheduled.ChangingNumbers
  readonly update: (
    update: tf.Tensor,
    slots: { readonly [slot in Slot]: tf.Tensor },
    scene: TensorScene<Number_, Factor>
  ) => readonly [update: tf.Tensor, slots: { readonly [slot in Slot]: tf.Tensor }]
}

const none: Tensors.NumberTree = {}

/** A record with a value for each of these names. */
const record = <Name extends string, A>(names: ReadonlyArray<Name>, value: (name: Name) => A): { [name in Name]: A } =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as { [name in Name]: A }

/** The link that does this to each tensor. */
export const each = <Number_ extends string = never, Slot extends string = never, Factor extends string = never>(
  rule: TensorRule<Number_, Slot, Factor>
): Update<Number_, Slot> => {
  const { name, elementwise = true, slots = [], initial = 0, update } = rule
  const beginning = (parameter: tf.Tensor) => {
    if (typeof initial === "function") return initial(parameter)
    return initial === 0 ? tf.zeros(parameter.shape) : tf.fill(parameter.shape, initial)
  }
  const { factorsIn, ...rest } = numbersOf(rule)
  return {
    name,
    elementwise,
    slots,
    init: (parameters) => record(slots, () => Tensors.map(parameters, beginning)),
    ...rest,
    update: (updates, scene) => {
      const changed: Record<string, tf.Tensor> = {}
      const next = record(slots, (): Record<string, tf.Tensor> => ({}))
      const { numbers } = scene
      const factors = factorsIn(numbers)
      for (const [path, tensor] of Object.entries(updates)) {
        const memory = record(slots, (slot) => Tensors.get(scene.slots[slot], path))
        const parameter = Tensors.get(scene.parameters, path)
        const random = RandomBits.within(scene.random, `${path}/`)
        const [result, remembered] = update(tensor, memory, { parameter, numbers, factors, random })
        changed[path] = result
        for (const slot of slots) {
          const remaining: Record<string, tf.Tensor> = next[slot]
          remaining[path] = remembered[slot]
        }
      }
      return [changed, next]
    }
  }
}

/** The numbers of a rule, in which factors that are scheduled are beside its own, and how its factors come out of them. */
const numbersOf = <Number_ extends string, Slot extends string, Factor extends string>(
  rule: TensorRule<Number_, Slot, Factor>
) => {
  const { numbers = () => none, factors = {} as { [name in Factor]: never }, range = Scheduled.notNegative } = rule
  const scheduled = { ...rule.scheduled, ...Scheduled.changing(factors, range) }
  const names = Object.keys(factors) as Array<keyof typeof factors>
  const changing = names.filter((name) => typeof factors[name] !== "number")
  const factorsIn = (scalars: Tensors.Tensors) =>
    record(names, (name) => {
      const fixed: Scheduled.Scheduled = factors[name]
      return typeof fixed === "number" ? fixed : Tensors.get(scalars, name)
    })
  if (Object.keys(scheduled).length === 0) return { numbers, factorsIn }
  const all: Update["numbers"] = (step, learningRate, at) => ({
    ...numbers(step, learningRate, at),
    ...record(changing, (name) => at(factors[name]))
  })
  return { numbers: changing.length === 0 ? numbers : all, scheduled, factorsIn }
}

/** The link without memory that does this to all tensors at once. */
export const stateless = <Number_ extends string = never>(
  name: string,
  update: (updates: Tensors.Tensors, scene: Scene<Number_, never>) => Tensors.Tensors,
  options: Partial<Pick<Update, "elementwise" | "additive" | "secondGradient" | "scheduled">> & {
    readonly numbers?: (
      step: number,
      learningRate: number,
      at: Scheduled.ValueAt
    ) => { readonly [name in Number_]: number }
  } = {}
): Update<Number_, never> => ({
  name,
  elementwise: false,
  slots: [],
  init: () => ({}),
  numbers: () => none,
  update: (updates, scene) => [update(updates, scene), {}],
  ...options
})

/** Names of which none comes twice: the second `momentum` is `momentum 2`. */
const unique = (names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name} ${count}`
  })
}

/** Fuses what fits together, from the first link on. */
const fused = ([first, ...rest]: ReadonlyArray<Update>): ReadonlyArray<Update> => {
  if (first === undefined) return []
  const replaced = first.fuse?.(rest)
  return replaced === undefined ? [first, ...fused(rest)] : fused(replaced)
}

/** A link with the names that its chain knows it and its slots by. */
interface Joined {
  readonly key: string
  readonly link: Update
  /** From the link's slots to the chain's. */
  readonly names: { readonly [slot: string]: string }
}

const join = (links: ReadonlyArray<Update>): ReadonlyArray<Joined> => {
  const keys = unique(links.map(({ name }) => name))
  const names = unique(links.flatMap(({ slots }) => slots))
  let next = 0
  return Arr.zipWith(links, keys, (link, key) => ({
    key,
    link,
    names: record(link.slots, () => element(names, next++))
  }))
}

const renamed = (slots: Tensors.Owned, names: Joined["names"]): Tensors.Owned =>
  Object.fromEntries(Object.entries(names).map(([slot, name]) => [name, entry(slots, slot)]))

/** The result of a link: the updates, and its slots. */
type Updated = ReturnType<Update["update"]>

/** The view that a link of a chain receives. */
const within = ({ key, names }: Joined, scene: Scene): Scene => ({
  parameters: scene.parameters,
  slots: Object.fromEntries(Object.entries(names).map(([slot, name]) => [slot, entry(scene.slots, name)])),
  // A chain's numbers have a level for each link.
  numbers: scene.numbers[key] as Tensors.TensorTree as Scene["numbers"],
  random: RandomBits.within(scene.random, `${key}/`),
  gradient: scene.gradient
})

/** Hands the updates from link to link, and gives what the last one gives, unless one has `undefined` to give. */
const follow = <Missing extends undefined = never>(
  joined: ReadonlyArray<Joined>,
  updates: Tensors.Tensors,
  scene: Scene,
  link: (one: Joined, updates: Tensors.Tensors, scene: Scene) => Updated | Missing
): Updated | Missing => {
  let current = updates
  const slots: Record<string, Tensors.Tensors> = {}
  for (const one of joined) {
    const result = link(one, current, within(one, scene))
    if (result === undefined) return result
    current = result[0]
    Object.assign(slots, renamed(result[1], one.names))
  }
  return [current, slots]
}

/** What is scheduled in links, where anything is, for a link that is made of them; the second `weightDecay` is `weightDecay 2`. */
export const scheduledIn = (links: ReadonlyArray<Update>): Pick<Update, "scheduled"> => {
  const all = links.flatMap(({ scheduled = {} }) => Object.entries(scheduled))
  const names = unique(all.map(([name]) => name))
  const scheduled = Object.fromEntries(all.map(([, changing], index) => [element(names, index), changing]))
  return all.length === 0 ? {} : { scheduled }
}

/**
 * Links one after the other. Each has its own numbers, slots and draws; a slot keeps its name where no other link has one of
 * that name, else it is numbered. What fits together is fused: a chain of Adam and a learning rate is one formula.
 */
export const chain = (...parts: ReadonlyArray<Update>): Update => {
  const links = fused(parts.flatMap((part) => part.links ?? [part]))
  const [only, ...others] = links
  if (only !== undefined && others.length === 0) return only
  const joined = join(links)
  const applying = links.findIndex(
    ({ apply }, index) => apply !== undefined && links.slice(index + 1).every(({ additive }) => additive === true)
  )
  return {
    name: links.map(({ name }) => name).join(", "),
    elementwise: links.every(({ elementwise }) => elementwise),
    slots: joined.flatMap(({ names }) => Object.values(names)),
    init: (parameters) => Object.assign({}, ...joined.map(({ link, names }) => renamed(link.init(parameters), names))),
    numbers: (step, learningRate, at) =>
      Object.fromEntries(joined.map(({ key, link }) => [key, link.numbers(step, learningRate, at)])),
    ...scheduledIn(links),
    update: (updates, scene) =>
      follow<never>(joined, updates, scene, ({ link }, current, seen) => link.update(current, seen)),
    ...(applying < 0
      ? {}
      : {
          apply: (updates, scene) =>
            follow(joined, updates, scene, ({ link }, current, seen) =>
              link === links[applying] ? link.apply?.(current, seen) : link.update(current, seen)
            )
        }),
    additive: false,
    secondGradient: links.some(({ secondGradient }) => secondGradient === true),
    links
  }
}

/** The same link under another name, as which messages and configs know it. */
export const named = (name: string, update: Update): Update => ({ ...update, name })

/** A link for the parameters whose path satisfies `match`; the updates of others pass unchanged, and have no memory. */
export const masked = (match: (path: string) => boolean, inner: Update): Update => {
  const of = (tensors: Tensors.Tensors) => Tensors.filter(tensors, match)
  const { slots, numbers, scheduled, secondGradient } = inner
  return {
    name: inner.name,
    // Concatenated tensors have no path.
    elementwise: false,
    slots,
    numbers,
    ...(scheduled === undefined ? {} : { scheduled }),
    ...(secondGradient === undefined ? {} : { secondGradient }),
    init: (parameters) => inner.init(of(parameters)),
    update: (updates, scene) => {
      const [changed, next] = inner.update(of(updates), { ...scene, parameters: of(scene.parameters) })
      return [{ ...updates, ...changed }, next]
    }
  }
}

/** One update of parameters, outside of a run. */
export interface StepOptions {
  readonly parameters: Tensors.Tensors
  readonly gradients: Tensors.Tensors
  /** The memory before; that of the beginning by default. */
  readonly slots?: Tensors.Owned
  /** From 1 on; 1 by default. */
  readonly step?: number
  readonly learningRate: number
  /** Of numbers that are scheduled over epochs; 1 by default. */
  readonly stepsPerEpoch?: number
  /** The random key, int32[2]; only needed for links that draw. */
  readonly key?: tf.Tensor
  readonly gradient?: (parameters: Tensors.Tensors) => Tensors.Tensors
  /** Whether a kernel that gives the new parameters at once is used where there is one; true by default. */
  readonly fused?: boolean
}

/** One step of an optimizer on its own: the new parameters and memory. The caller owns all tensors. */
export const step = (
  update: Update,
  options: StepOptions
): { readonly parameters: Tensors.Tensors; readonly slots: Tensors.Owned } => {
  const { parameters, gradients, step: count = 1, learningRate, fused: mayFuse = true } = options
  const at = Scheduled.valueAt(count, options.stepsPerEpoch)
  const slots = options.slots ?? update.init(parameters)
  return Tensors.tidy(() => {
    const key = options.key ?? tf.tensor1d([0, 0], "int32")
    const scene: Scene = {
      parameters,
      slots,
      // A chain's numbers have a level for each link.
      numbers: Tensors.scalarTree(update.numbers(count, learningRate, at)) as Scene["numbers"],
      random: RandomBits.make({ key, samples: undefined, batchSize: 1 }),
      gradient: options.gradient ?? noGradient
    }
    const applied = mayFuse ? update.apply?.(gradients, scene) : undefined
    if (applied !== undefined) return { parameters: applied[0], slots: applied[1] }
    const [changes, next] = update.update(gradients, scene)
    const changed = Tensors.map(changes, (change, path) => tf.add(Tensors.get(parameters, path), change))
    return { parameters: { ...parameters, ...changed }, slots: next }
  })
}

const noGradient = (): never => {
  throw new Error("pass Update.step the function gradient: a link needs the gradient at other parameters")
}
