/**
 * Learning rates that fall with the depth: each layer has a fraction of the rate of the layer behind it, so that what was trained before
 * changes less the nearer it is to the input. Howard and Ruder 2018, arXiv:1801.06146, §3.1; Clark et al. 2020, arXiv:2003.10555.
 *
 * ```yaml
 * layerRates: { decay: 0.75, layers: ["embedding/**", "blocks/*\/**", "head/**"] }
 * ```
 */
import * as Schema from "effect/Schema"
import * as Config from "./Config.ts"
import type { ResolvedGroup } from "./ParameterGroup.ts"
import { matcher } from "./PathPattern.ts"

export interface LayerRates {
  readonly decay: number
  readonly layers: ReadonlyArray<string>
}
export const LayerRates: Schema.Codec<LayerRates> = Schema.Struct({
  decay: Schema.Finite.check(
    Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMinimum: true }, { message: "expected a number in (0, 1]" })
  ).annotate({ description: "The rate of a layer as a fraction of that of the next one" }),
  layers: Config.narrowed<ReadonlyArray<string>>(
    Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1, { message: "expected at least one pattern" }))
  ).annotate({
    description:
      "Patterns over parameter paths from the input to the output; the last layer has the full rate, and so has what none matches. " +
      "What a * stands for tells layers apart: blocks/*/** is a layer for each block, in the order of their numbers"
  })
})

/** By numbers where there are any: block 2 is before block 10. */
const { compare } = new Intl.Collator("en", { numeric: true })

/** The name of the layer that a path is of: as many segments as the pattern has before its `**`. */
const layerOf = (pattern: string, path: string): string => {
  const segments = pattern.split("/")
  const depth = segments.at(-1) === "**" ? segments.length - 1 : segments.length
  return segments.slice(0, depth).includes("**") ? pattern : path.split("/").slice(0, depth).join("/")
}

/** The layers of these paths from the input to the output; the first pattern that matches a path counts. */
const layersOf = (paths: ReadonlyArray<string>, { layers }: LayerRates): ReadonlyArray<ReadonlyArray<string>> => {
  const matchers = layers.map((pattern) => ({ pattern, matches: matcher(pattern) }))
  const all = new Map(layers.map((pattern) => [pattern, new Map<string, Array<string>>()]))
  for (const path of paths) {
    const first = matchers.find(({ matches }) => matches(path))
    if (first === undefined) continue
    const byName = all.get(first.pattern)
    const name = layerOf(first.pattern, path)
    byName?.set(name, [...(byName.get(name) ?? []), path])
  }
  return [...all.values()].flatMap((byName) =>
    [...byName].sort(([one], [other]) => compare(one, other)).map(([, members]) => members)
  )
}

/** The factor on the rate of each path. */
export const factors = (paths: ReadonlyArray<string>, rates: LayerRates): ReadonlyMap<string, number> => {
  const layers = layersOf(paths, rates)
  const matched = layers.flatMap((members, index) =>
    members.map((path) => [path, rates.decay ** (layers.length - 1 - index)] as const)
  )
  return new Map([...paths.map((path) => [path, 1] as const), ...matched])
}

/** The patterns that match none of these paths, by their position. */
export const unmatched = (paths: ReadonlyArray<string>, { layers }: LayerRates) =>
  layers.flatMap((match, index) => (paths.some(matcher(match)) ? [] : [{ path: `layerRates.layers.${index}`, match }]))

/**
 * Groups with a part for each rate, that with the full one first. A part keeps optimizer and losses; where there is more than one, its
 * name has the factor in it.
 */
export const split = (groups: ReadonlyArray<ResolvedGroup>, rates: LayerRates): ReadonlyArray<ResolvedGroup> => {
  const factorOf = factors(
    groups.flatMap(({ paths }) => paths),
    rates
  )
  return groups.flatMap((group) => {
    const factorsInside = [...new Set(group.paths.map((path) => factorOf.get(path) ?? 1))].sort((a, b) => b - a)
    return factorsInside.map(
      (factor): ResolvedGroup => ({
        ...group,
        name: factor === 1 ? group.name : `${group.name} × ${Number(factor.toPrecision(3))}`,
        paths: group.paths.filter((path) => (factorOf.get(path) ?? 1) === factor),
        learningRate: (stepsPerEpoch, pace) => {
          const rate = group.learningRate(stepsPerEpoch, pace)
          return (step) => factor * rate(step)
        }
      })
    )
  })
}
