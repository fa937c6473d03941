/** Every class equally often. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import type { Dataset } from "../Dataset.ts"
import * as Entry from "../Entry.ts"
import { element } from "../Lookup.ts"
import * as Rng from "../Rng.ts"
import type { DataSampler, Sampler } from "../Sampler.ts"
import * as Column from "./Column.ts"

/** The samples of each class that has some. */
const membersOf = (labels: ArrayLike<number>): ReadonlyArray<Int32Array> => {
  const members = new Map<number, Array<number>>()
  for (let index = 0; index < labels.length; index++) {
    const label = element(labels, index)
    const known = members.get(label)
    if (known === undefined) members.set(label, [index])
    else known.push(index)
  }
  return [...members.keys()].sort((one, other) => one - other).map((label) => Int32Array.from(members.get(label) ?? []))
}

/** The permutations of a stream by their numbers. The last one is kept: positions are mostly taken one after another. */
const remembering = (stream: Rng.Key, length: number) => {
  let [last, order]: [number, (position: number) => number] = [-1, (position) => position]
  return (number: number) => {
    if (number !== last) [last, order] = [number, Rng.permutation(Rng.fold(stream, number), length)]
    return order
  }
}

/**
 * Every class equally often, whatever its number of samples: of K classes each K positions in a row take every class once, in
 * a drawn order. A class goes through all its samples, in a drawn order, before it repeats one.
 *
 * @param labels the class of each sample
 * @param options.samples samples of an epoch; default: as many as the data have
 */
export const balanced = (
  labels: ArrayLike<number>,
  options: { readonly samples?: number | undefined } = {}
): Sampler => {
  const members = membersOf(labels)
  const classes = members.length
  const samples = options.samples ?? labels.length
  return {
    length: labels.length,
    samples: () => samples,
    order: (key) => {
      const turnOrder = remembering(Rng.named(key, "classes"), classes)
      const picks = Rng.named(key, "members")
      const memberOrders = members.map(({ length }, label) => remembering(Rng.fold(picks, label), length))
      return (position) => {
        const turn = Math.floor(position / classes)
        const label = turnOrder(turn)(position % classes)
        const ofClass = element(members, label)
        return element(ofClass, element(memberOrders, label)(Math.floor(turn / ofClass.length))(turn % ofClass.length))
      }
    }
  }
}

export const schema = Schema.TaggedStruct("Balanced", {
  samples: Schema.optionalKey(Config.count("samples")).annotate({
    description: "Samples of an epoch; default: as many as the training data have"
  })
})

export const entry = Entry.of({
  tag: "Balanced",
  schema,
  make: ({ samples }): DataSampler => ({
    ofData: (dataset: Dataset) => Effect.map(Column.labels(dataset), (labels) => balanced(labels, { samples }))
  })
})
