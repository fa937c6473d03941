/**
 * Parzen estimators: a density around what was observed, one kernel for each observation and one, the prior, for the whole range. As
 * in Optuna's `_ParzenEstimator` with its defaults: kernels are normal and cut off at the range, in logarithms where the range is; over
 * several parameters each kernel is a product.
 */
import { element, entry } from "@etude/core/Lookup"
import type * as Schema from "effect/Schema"
import { logNormalBetween, truncatedNormalQuantile } from "../../internal/distributions.ts"
import type { Choice, Float, Int, Parameter } from "../../Space.ts"
import { isSame } from "../../Space.ts"
import type { Parameters } from "../../Trial.ts"

/** The kernels of a number. */
export interface Numbers {
  readonly _tag: "Numbers"
  readonly range: Float | Int
  /** Bounds, means and deviations; in logarithms where the range is. Whole numbers reach half a number further. */
  readonly low: number
  readonly high: number
  readonly mus: ReadonlyArray<number>
  readonly sigmas: ReadonlyArray<number>
  /** ln of the mass of each kernel between the bounds. */
  readonly masses: ReadonlyArray<number>
}

/** The kernels of a choice: for each the probability of each value. */
export interface Values {
  readonly _tag: "Values"
  readonly range: Choice
  readonly probabilities: ReadonlyArray<ReadonlyArray<number>>
}

/** A mixture of products. */
export interface Mixture {
  /** One for each kernel; their sum is 1. The prior is the last. */
  readonly weights: ReadonlyArray<number>
  readonly parts: ReadonlyArray<{ readonly key: string; readonly kernels: Numbers | Values }>
}

/** What observations count: the last 25 fully, those before less the older they are. */
export const ramp = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => {
    const old = count - 25
    if (index >= old) return 1
    return old === 1 ? 1 / count : 1 / count + (index * (1 - 1 / count)) / (old - 1)
  })

/** Each kernel is as wide as the larger gap to a neighbour; at the ends the only gap. Never narrower than a part of the range. */
const sigmasOf = (mus: ReadonlyArray<number>, low: number, high: number): ReadonlyArray<number> => {
  const order = mus.map((_, index) => index).sort((one, other) => element(mus, one) - element(mus, other))
  const sorted = [low, ...order.map((index) => element(mus, index)), high]
  const gap = (place: number) => element(sorted, place + 1) - element(sorted, place)
  const least = (high - low) / Math.min(100, 2 + mus.length)
  const sigmas = mus.map(() => 0)
  for (const [rank, index] of order.entries()) {
    const [before, after] = [gap(rank), gap(rank + 1)]
    const isEnd = mus.length > 1 && (rank === 0 || rank === mus.length - 1)
    const width = isEnd ? (rank === 0 ? after : before) : Math.max(before, after)
    sigmas[index] = Math.min(Math.max(width, least), high - low)
  }
  return sigmas
}

const boundsOf = (range: Float | Int): readonly [low: number, high: number] => {
  const reach = range._tag === "Int" ? 0.5 : 0
  const [low, high] = [range.low - reach, range.high + reach]
  return range.log ? [Math.log(low), Math.log(high)] : [low, high]
}

const numbers = (range: Float | Int, observed: ReadonlyArray<number>): Numbers => {
  const [low, high] = boundsOf(range)
  const own = range.log ? observed.map(Math.log) : observed
  const mus = [...own, 0.5 * (low + high)]
  const sigmas = [...sigmasOf(own, low, high), high - low]
  const masses = mus.map((mu, kernel) => {
    const sigma = element(sigmas, kernel)
    return logNormalBetween((low - mu) / sigma, (high - mu) / sigma)
  })
  return { _tag: "Numbers", range, low, high, mus, sigmas, masses }
}

const indexOf = ({ values }: Choice, value: Schema.Json): number => values.findIndex((one) => isSame(one, value))

const values = (range: Choice, observed: ReadonlyArray<Schema.Json>): Values => {
  const count = range.values.length
  const even = range.values.map(() => 1 / count)
  if (observed.length === 0) return { _tag: "Values", range, probabilities: [even] }
  const kernels = observed.length + 1
  const probabilities = observed.map((value) => {
    const own = indexOf(range, value)
    const sum = 1 + count / kernels
    return even.map((_, index) => ((index === own ? 1 : 0) + 1 / kernels) / sum)
  })
  return { _tag: "Values", range, probabilities: [...probabilities, even] }
}

const kernelsOf = ({ key, range }: Parameter, observed: ReadonlyArray<Parameters>): Numbers | Values => {
  const own = observed.map((parameters) => entry(parameters, key))
  return range._tag === "Choice" ? values(range, own) : numbers(range, own.map(Number))
}

/**
 * The density of some parameters around observations, in the order of their settings; those that lack one of the parameters are left
 * out. `weights`: what n observations count; the prior counts 1.
 */
export const estimate = (
  parameters: ReadonlyArray<Parameter>,
  observations: ReadonlyArray<Parameters>,
  weights: (count: number) => ReadonlyArray<number> = ramp
): Mixture => {
  const whole = observations.filter((one) => parameters.every(({ key }) => Object.hasOwn(one, key)))
  const counted = [...weights(whole.length), 1]
  const sum = counted.reduce((total, weight) => total + weight, 0)
  return {
    weights: counted.map((weight) => weight / sum),
    parts: parameters.map((parameter) => ({ key: parameter.key, kernels: kernelsOf(parameter, whole) }))
  }
}

const logDensityOfNumber = ({ range, mus, sigmas, masses }: Numbers, value: number, kernel: number): number => {
  const [mu, sigma] = [element(mus, kernel), element(sigmas, kernel)]
  const place = (number: number) => ((range.log ? Math.log(number) : number) - mu) / sigma
  const mass = element(masses, kernel)
  if (range._tag === "Int") return logNormalBetween(place(value - 0.5), place(value + 0.5)) - mass
  if (value < range.low || value > range.high) return Number.NEGATIVE_INFINITY
  return -0.5 * place(value) ** 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(sigma) - mass
}

const logDensityOf = (kernels: Numbers | Values, value: Schema.Json, kernel: number): number =>
  kernels._tag === "Numbers"
    ? logDensityOfNumber(kernels, Number(value), kernel)
    : Math.log(element(element(kernels.probabilities, kernel), indexOf(kernels.range, value)))

/** ln of the density (for whole numbers and choices: of the probability) at a place. */
export const logDensity = ({ weights, parts }: Mixture, at: Parameters): number => {
  const terms = weights.map((weight, kernel) =>
    parts.reduce((sum, { key, kernels }) => sum + logDensityOf(kernels, entry(at, key), kernel), Math.log(weight))
  )
  const most = Math.max(...terms)
  if (most === Number.NEGATIVE_INFINITY) return most
  return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0))
}

/** The index at which the cumulated probabilities pass u. */
const pick = (probabilities: ReadonlyArray<number>, u: number): number => {
  let sum = 0
  const index = probabilities.findIndex((probability) => {
    sum += probability
    return u < sum
  })
  return index < 0 ? probabilities.length - 1 : index
}

const drawn = (kernels: Numbers | Values, kernel: number, u: number): Schema.Json => {
  if (kernels._tag === "Values") {
    return element(kernels.range.values, pick(element(kernels.probabilities, kernel), u))
  }
  const { range, low, high } = kernels
  const [mu, sigma] = [element(kernels.mus, kernel), element(kernels.sigmas, kernel)]
  const place = mu + sigma * truncatedNormalQuantile(u, (low - mu) / sigma, (high - mu) / sigma)
  const value = range.log ? Math.exp(place) : place
  return Math.min(Math.max(range._tag === "Int" ? Math.round(value) : value, range.low), range.high)
}

/** A place drawn from the mixture, by numbers in [0, 1): `uniform(0)` for the kernel, the following ones for the parameters. */
export const draw = ({ weights, parts }: Mixture, uniform: (position: number) => number): Parameters => {
  const kernel = pick(weights, uniform(0))
  return Object.fromEntries(parts.map(({ key, kernels }, index) => [key, drawn(kernels, kernel, uniform(index + 1))]))
}
