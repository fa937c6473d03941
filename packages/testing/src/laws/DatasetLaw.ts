/** The laws of a dataset: what a sample is depends on its index and the draw, and on nothing that was read before or with it. */
import {
  type Dataset,
  type DatasetSpec,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type Room,
  type TypedArray,
  zerosLike
} from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import type { DataError } from "@etude/core/Errors"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { LawBroken } from "./LawBroken.ts"
import type { Statement } from "./Statement.ts"

export interface DatasetOptions {
  /** The dataset's own name when absent. */
  readonly name?: string
  /** Samples that are tried, from the first on and from the last back; 16 when absent. */
  readonly samples?: number
}

/** A finding: what was seen, and how to see it again. */
type Finding = readonly [found: string, reproduce: string]
type Check = (dataset: Dataset, indices: Int32Array) => Effect.Effect<Finding | undefined, DataError>

const draws: ReadonlyArray<readonly [name: string, draw: Draw.Draw]> = [
  ["in epoch 1", Draw.ofEpoch(1, 0)],
  ["in epoch 2", Draw.ofEpoch(1, 1)],
  ["in validation", Draw.ofEvaluation(1)]
]

const read = (dataset: Dataset, indices: Int32Array, draw: Draw.Draw, room?: Room) =>
  Effect.suspend(() => {
    const batch = dataset.read(indices, draw, room)
    return Effect.isEffect(batch) ? batch : Effect.succeed(batch)
  })

type Part = "inputs" | "targets" | "weights" | "mask"

/** Every field of a spec and a batch with its name, such as `targets.boxes`. */
const fieldsOf = (spec: DatasetSpec, batch: Partial<HostBatch>) =>
  (["inputs", "targets", "weights", "mask"] as const).flatMap((part) => {
    const [specs, values]: readonly [Fields<FieldSpec> | undefined, Fields<TypedArray> | undefined] = [
      spec[part],
      batch[part]
    ]
    if (specs === undefined || values === undefined) return []
    return isSpec(specs) || isTypedArray(values) ? [alone(part, specs, values)] : several(part, specs, values)
  })

const alone = (part: Part, spec: Fields<FieldSpec>, values: Fields<TypedArray>) => ({
  name: part as string,
  size: isSpec(spec) ? sizeOf(spec) : 1,
  values: isTypedArray(values) ? values : new Float32Array(0)
})

const several = (
  part: Part,
  specs: { readonly [name: string]: FieldSpec },
  values: { readonly [name: string]: TypedArray }
) =>
  Object.entries(specs).map(([name, spec]) => ({
    name: `${part}.${name}`,
    size: sizeOf(spec),
    values: values[name] ?? new Float32Array(0)
  }))

const sizeOf = ({ shape }: FieldSpec): number => shape.reduce((size, side) => size * side, 1)

/** The values of each sample of a batch, field by field, as one text. */
const rowsOf = ({ spec }: Dataset, batch: Partial<HostBatch>, samples: number): ReadonlyArray<string> => {
  const fields = fieldsOf(spec, batch)
  return Array.from({ length: samples }, (_, place) =>
    fields
      .map(({ name, size, values }) => `${name} ${values.subarray(place * size, (place + 1) * size).join()}`)
      .join("; ")
  )
}

const shortened = (text: string | undefined): string =>
  text === undefined ? "nothing" : text.length > 80 ? `${text.slice(0, 80)}…` : text

/** The first sample that is another one than expected. */
const difference = (
  indices: Int32Array,
  found: ReadonlyArray<string>,
  expected: ReadonlyMap<number, string>
): string | undefined => {
  for (const [place, index] of indices.entries()) {
    const [one, other] = [found[place], expected.get(index)]
    if (one !== other) return `sample ${index} is ${shortened(one)} instead of ${shortened(other)}`
  }
  return undefined
}

/** Each sample as it is when it is read alone. */
const eachAlone = Effect.fnUntraced(function* (dataset: Dataset, indices: Int32Array, draw: Draw.Draw) {
  const rows = new Map<number, string>()
  for (const index of indices) {
    const batch = yield* read(dataset, Int32Array.of(index), draw)
    rows.set(index, rowsOf(dataset, batch, 1)[0] ?? "")
  }
  return rows
})

const shuffled = (indices: Int32Array): Int32Array => {
  const placeOf = Rng.permutation(Rng.key(5), indices.length)
  return indices.map((_, place) => indices[placeOf(place)] ?? 0)
}

const parts = (indices: Int32Array, size: number): ReadonlyArray<Int32Array> =>
  Array.from({ length: Math.ceil(indices.length / size) }, (_, part) =>
    indices.subarray(part * size, (part + 1) * size)
  )

/** Samples do not depend on which others are in their batch, or were read before. */
const areIndependent: Check = Effect.fnUntraced(function* (dataset, indices) {
  for (const [when, draw] of draws) {
    const expected = yield* eachAlone(dataset, indices, draw)
    for (const [order, all] of [
      ["in order", indices],
      ["in another order", shuffled(indices)]
    ] as const)
      for (const size of [1, 3, indices.length])
        for (const batch of parts(all, size)) {
          const rows = rowsOf(dataset, yield* read(dataset, batch.slice(), draw), batch.length)
          const differs = difference(batch, rows, expected)
          if (differs !== undefined)
            return [
              `${when}, read ${order} with ${batch.length - 1} others, ${differs}`,
              `read [${[...batch]}], then each alone`
            ]
        }
  }
  return undefined
})

/** Reads that overlap give what they give alone. */
const mayOverlap: Check = Effect.fnUntraced(function* (dataset, indices) {
  const [, draw] = draws[1] ?? ["", Draw.fixed]
  const expected = yield* eachAlone(dataset, indices, draw)
  const batches = parts(indices, 2)
  const all = yield* Effect.forEach(batches, (batch) => read(dataset, batch.slice(), draw), {
    concurrency: "unbounded"
  })
  for (const [number, batch] of batches.entries()) {
    const differs = difference(batch, rowsOf(dataset, all[number] ?? {}, batch.length), expected)
    if (differs !== undefined)
      return [`of reads at the same time, ${differs}`, "read batches of 2 all at once, and keep them"]
  }
  return undefined
})

/** Arrays that are used again change nothing. */
const takesRoom: Check = Effect.fnUntraced(function* (dataset, indices) {
  const [, draw] = draws[0] ?? ["", Draw.fixed]
  const expected = yield* eachAlone(dataset, indices, draw)
  const held = new Map<string, TypedArray>()
  for (const batch of parts(indices, 3)) {
    let taken = 0
    const room: Room = (like, length) => {
      const key = `${taken++} ${like.constructor.name} ${length}`
      const array = held.get(key) ?? zerosLike(like, length).fill(7)
      held.set(key, array)
      return array
    }
    const rows = rowsOf(dataset, yield* read(dataset, batch.slice(), draw, room), batch.length)
    const differs = difference(batch, rows, expected)
    if (differs !== undefined)
      return [
        `in arrays that held another batch before, ${differs}`,
        "read batches of 3 with a room that gives the same arrays"
      ]
  }
  return undefined
})

/** A batch has the number of values that its spec requires. */
const fitsSpec: Check = Effect.fnUntraced(function* (dataset, indices) {
  const batch = yield* read(dataset, indices, Draw.fixed)
  for (const part of ["inputs", "targets", "weights", "mask"] as const)
    if (dataset.spec[part] !== undefined && batch[part] === undefined)
      return [`its spec has ${part}, and a batch none`, `read [${[...indices]}]`]
  for (const { name, size, values } of fieldsOf(dataset.spec, batch))
    if (values.length !== size * indices.length)
      return [
        `${values.length} values of ${name} in a batch of ${indices.length} samples instead of ${size * indices.length}`,
        `read [${[...indices]}]`
      ]
  return undefined
})

/** Targets that are at hand are those that are read. */
const targetsAgree: Check = Effect.fnUntraced(function* (dataset, indices) {
  if (dataset.readTargets === undefined) return undefined
  const { targets } = yield* read(dataset, indices, Draw.fixed)
  const ofBatch = rowsOf(dataset, targets === undefined ? {} : { targets }, indices.length)
  const expected = new Map(Array.from(indices, (index, place) => [index, ofBatch[place] ?? ""]))
  const rows = rowsOf(dataset, { targets: dataset.readTargets(indices) }, indices.length)
  const differs = difference(indices, rows, expected)
  return differs === undefined
    ? undefined
    : [`by readTargets ${differs}`, `call read and readTargets with [${[...indices]}]`]
})

/** An index that the dataset hasn't is an error, and no sample. */
const refusesOthers: Check = Effect.fnUntraced(function* (dataset) {
  for (const index of [-1, dataset.length]) {
    const result = yield* Effect.result(read(dataset, Int32Array.of(0, index), Draw.fixed))
    if (Result.isSuccess(result))
      return [`it gives a sample ${index}, of ${dataset.length}, and no DataError`, `read [0, ${index}]`]
  }
  return undefined
})

/** The first samples and the last. */
const tried = (length: number, samples: number): Int32Array => {
  const half = Math.ceil(samples / 2)
  const all = Array.from({ length }, (_, index) => index)
  return Int32Array.from(length <= samples ? all : [...all.slice(0, half), ...all.slice(half - samples)])
}

/** That samples depend on index and draw alone, fit the spec, and that there are no others. */
export const of = (
  make: Dataset | Effect.Effect<Dataset, unknown, Scope.Scope>,
  options: DatasetOptions = {}
): ReadonlyArray<Statement> => {
  const law = (statement: string, check: Check): Statement => ({
    statement,
    check: Effect.gen(function* () {
      const broken = (subject: string, [found, reproduce]: Finding) =>
        new LawBroken({ law: "dataset", subject, found, reproduce })
      const failed = (cause: unknown) =>
        broken(options.name ?? "the dataset", [
          cause instanceof Error ? cause.message : String(cause),
          "make and read it"
        ])
      const dataset = yield* Effect.mapError(Effect.isEffect(make) ? make : Effect.succeed(make), failed)
      const finding = yield* Effect.mapError(check(dataset, tried(dataset.length, options.samples ?? 16)), failed)
      if (finding !== undefined) return yield* broken(options.name ?? dataset.name, finding)
    }).pipe(Effect.scoped)
  })
  return [
    law("a batch has the values that its spec says", fitsSpec),
    law("a sample depends on its index and the draw, not on its batch or on what was read before", areIndependent),
    law("reads at the same time give what each gives alone", mayOverlap),
    law("arrays that are used again change nothing", takesRoom),
    law("targets that are at hand are those that are read", targetsAgree),
    law("an index that it hasn't is an error", refusesOthers)
  ]
}
