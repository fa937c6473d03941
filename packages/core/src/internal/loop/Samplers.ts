/** The samplers that a run's configs may name, made for its training data where they have to know them. */
import * as Effect from "effect/Effect"
import type { Dataset } from "../../Dataset.ts"
import * as Entry from "../../Entry.ts"
import type { Problem } from "../../Errors.ts"
import * as Sampler from "../../Sampler.ts"
import type { TrainConfig } from "../../TrainConfig.ts"

export type Samplers = ReadonlyArray<Entry.Entry<Sampler.Sampler>>

const needsData = (): never => {
  throw new Error("a sampler that reads the training data was not made for them")
}

const positional = (sampler: Sampler.Sampler | Sampler.DataSampler): Sampler.Sampler =>
  "ofData" in sampler ? needsData() : sampler

/** The samplers of this package, of which those that read data can't be made. */
export const withoutData: Samplers = Sampler.entries.map((entry) => ({
  ...entry,
  make: (options, other) => positional(entry.make(options, other))
}))

/** A sampler that the training data can't be read by. */
export const problems = (
  { sampler, overfitBatches }: TrainConfig,
  { name, isSequential = false }: Dataset
): ReadonlyArray<Problem> => {
  if (!isSequential || overfitBatches !== undefined || sampler === undefined || sampler._tag === "Sequential") return []
  const message = `${name} can only be read in its own order, and the sampler ${sampler._tag} has another: remove it, and shuffle the stream itself`
  return [{ path: "config.sampler", message }]
}

const keyOf = (config: object): string => JSON.stringify(config)

/**
 * Makes the samplers of `configs` for the training data, once, and gives entries that know them. What keeps one from being
 * made is a problem of the run; it then goes through the data in their own order, so that the other problems are seen too.
 */
export const bind = Effect.fnUntraced(function* (
  entries: ReadonlyArray<Sampler.SamplerEntry>,
  configs: ReadonlyArray<Sampler.Config>,
  dataset: Dataset
) {
  const problems: Array<Problem> = []
  const bound = new Map<string, Sampler.Sampler>()
  for (const config of configs) {
    if (bound.has(keyOf(config)) || !entries.some(({ tag }) => tag === config._tag)) continue
    const sampler = yield* Sampler.ofData(Entry.make(entries, config), dataset).pipe(
      Effect.catch(({ message }) => {
        problems.push({ path: "config.sampler", message })
        return Effect.succeed(Sampler.sequential)
      })
    )
    bound.set(keyOf(config), sampler)
  }
  const samplers: Samplers = entries.map((entry) => ({
    ...entry,
    make: (options, other) => bound.get(keyOf(options)) ?? positional(entry.make(options, other))
  }))
  return { samplers, problems }
})
