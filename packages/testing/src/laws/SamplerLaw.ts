/** The laws of a sampler: its order is known position by position, so that a run can resume with it anywhere. */
import type { Dataset } from "@etude/core/Dataset"
import * as Registry from "@etude/core/Registry"
import * as Rng from "@etude/core/Rng"
import * as Sampler from "@etude/core/Sampler"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Tiny from "../subjects/Tiny.ts"
import { LawBroken } from "./LawBroken.ts"
import * as ResumeLaw from "./ResumeLaw.ts"
import type { Statement } from "./Statement.ts"

export interface SamplerOptions {
  /** `the sampler` when absent. */
  readonly name?: string
  /** Whether an epoch takes each sample once at most. */
  readonly distinct?: boolean
  /** The numbers of samples that it is tried with; one of its own, and 1, 2, 7 and 100 when absent. */
  readonly lengths?: ReadonlyArray<number>
  /** The dataset for samplers that depend on their data. Default: `Tiny.vectors()`. */
  readonly data?: Dataset
}

/** A sampler with a number of samples to try it with. */
interface Tried {
  readonly sampler: Sampler.Sampler
  readonly length: number
  readonly samples: number
}

/** The observation, and how to reproduce it. */
type Finding = readonly [found: string, reproduce: string]
type Check = (tried: Tried) => Finding | undefined

const keys = [Rng.key(0), Rng.key(1), Rng.fold(Rng.key(2), 3)]

const walked = ({ sampler, length, samples }: Tried, key: Rng.Key): ReadonlyArray<number> => {
  const indexAt = sampler.order(key, length)
  return Array.from({ length: samples }, (_, position) => indexAt(position))
}

const counts: Check = ({ length, samples }) =>
  Number.isSafeInteger(samples) && samples >= 1
    ? undefined
    : [`samples(${length}) is ${samples} instead of a whole number of at least 1`, `call samples(${length})`]

const isInRange: Check = (tried) => {
  for (const [number, key] of keys.entries()) {
    const indices = walked(tried, key)
    const position = indices.findIndex((index) => !(Number.isInteger(index) && index >= 0 && index < tried.length))
    if (position >= 0)
      return [
        `of ${tried.length} samples position ${position} has ${indices[position]}`,
        `call order(key, ${tried.length})(${position}) with key ${number} of the law`
      ]
  }
  return undefined
}

/** Positions in another order than that of an epoch, each of them twice. */
const anywhere = (samples: number): ReadonlyArray<number> => {
  const positionAt = Rng.permutation(Rng.key(9), samples)
  const positions = Array.from({ length: samples }, (_, place) => positionAt(place))
  return [...positions, ...positions]
}

const isAddressable: Check = (tried) => {
  const { sampler, length, samples } = tried
  for (const key of keys) {
    const expected = walked(tried, key)
    const indexAt = sampler.order(key, length)
    for (const position of anywhere(samples)) {
      const [again, alone] = [indexAt(position), sampler.order(key, length)(position)]
      if (again === expected[position] && alone === expected[position]) continue
      const other = again === expected[position] ? alone : again
      return [
        `position ${position} of ${samples} has ${other}, and ${expected[position]} when all before it were taken first`,
        `call order(key, ${length})(${position}) alone, and after 0 … ${position - 1}`
      ]
    }
  }
  return undefined
}

const isDistinct: Check = (tried) => {
  for (const key of keys) {
    const indices = walked(tried, key)
    const position = indices.findIndex((index, place) => indices.indexOf(index) < place)
    if (position >= 0)
      return [
        `an epoch of ${tried.length} samples takes ${indices[position]} twice`,
        `walk order(key, ${tried.length})`
      ]
  }
  return undefined
}

/** Trains with it, by its name in a config. */
const resumes = (sampler: Sampler.Sampler, name: string, data: Dataset) => {
  const tag = "SamplerOfTheLaw"
  const entry = { tag, schema: Schema.TaggedStruct(tag, {}), make: () => sampler }
  const samples = Sampler.samplesOf(sampler, data.length)
  const check = ResumeLaw.check({
    name,
    task: Tiny.perceptron(),
    config: {
      sampler: { _tag: tag },
      seed: 1,
      until: { epochs: 2 },
      // The last batch of three is a partial one where there are samples enough.
      batchSize: Math.ceil(samples / 3)
    },
    data: { train: data }
  })
  const registry = Registry.extend(Registry.core, { samplers: [entry] })
  return Effect.provideService(check, Registry.Registry, registry)
}

const first = (dataset: Dataset, length: number): Dataset => ({ ...dataset, length })

/** Data of the only length that a sampler is for. */
const dataFor = (sampler: Sampler.Sampler): Dataset => {
  const vectors = Tiny.vectors()
  const { length = vectors.length } = sampler
  return length <= vectors.length ? first(vectors, length) : Tiny.vectors(length)
}

/** The order is a function of key and length, position by position, and a run can resume with it anywhere. */
export const of = (
  subject: Sampler.Sampler | Sampler.DataSampler,
  options: SamplerOptions = {}
): ReadonlyArray<Statement> => {
  const { name = "the sampler", data = Tiny.vectors(), lengths = [1, 2, 7, 100] } = options
  const broken = ([found, reproduce]: Finding) => new LawBroken({ law: "sampler", subject: name, found, reproduce })
  const bound = Effect.mapError(Sampler.ofData(subject, data), ({ message }) =>
    broken([message, "make it for its data"])
  )
  const law = (statement: string, check: Check): Statement => ({
    statement,
    check: Effect.gen(function* () {
      const sampler = yield* bound
      for (const length of sampler.length === undefined ? lengths : [sampler.length]) {
        const finding = check({ sampler, length, samples: Sampler.samplesOf(sampler, length) })
        if (finding !== undefined) return yield* broken(finding)
      }
    })
  })
  return [
    law("an epoch has a whole number of samples, one or more", counts),
    law("every position has a sample of the data", isInRange),
    law("the sample at a position depends on key, length and position only", isAddressable),
    ...(options.distinct === true ? [law("an epoch takes each sample once at most", isDistinct)] : []),
    {
      statement: "a run cut after any step and resumed takes the samples of the unbroken run",
      check: Effect.flatMap(bound, (sampler) => resumes(sampler, name, "ofData" in subject ? data : dataFor(sampler)))
    }
  ]
}
