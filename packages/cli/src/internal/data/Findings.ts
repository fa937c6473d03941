/** What is odd about data, in sentences: values that aren't finite, samples that come twice, classes that are missing. */
import type { FieldScan, SetScan } from "./Scan.ts"

/** Samples of one set that another one has too, or that come twice in the same set. */
export interface Repeated {
  readonly set: string
  readonly other: string
  readonly samples: number
  /** The first of them, and the equal sample of the other set. */
  readonly example: readonly [sample: number, otherSample: number]
}

/** The first sample of each digest. */
const firstsOf = ({ digests }: SetScan): ReadonlyMap<number, number> => {
  const first = new Map<number, number>()
  digests.forEach((digest, sample) => {
    if (!first.has(digest)) first.set(digest, sample)
  })
  return first
}

/** Samples whose inputs are equal, within each set and between any two. */
export const repeated = (scans: ReadonlyArray<SetScan>): ReadonlyArray<Repeated> => {
  const results: Array<Repeated> = []
  const firsts = scans.map(firstsOf)
  scans.forEach(({ set, digests }, index) => {
    firsts.slice(0, index + 1).forEach((first, earlier) => {
      let samples = 0
      let example: readonly [number, number] | undefined
      digests.forEach((digest, sample) => {
        const equal = first.get(digest)
        if (equal === undefined || (earlier === index && equal === sample)) return
        samples++
        example ??= [sample, equal]
      })
      if (example !== undefined) results.push({ set, other: scans[earlier]?.set ?? set, samples, example })
    })
  })
  return results
}

/** What was not looked at, for the sake of memory. */
export const notCompared = (scans: ReadonlyArray<SetScan>): ReadonlyArray<string> =>
  scans.flatMap(({ set, samples, digests }) =>
    samples <= digests.length
      ? []
      : [`Only the first ${digests.length.toLocaleString("en")} samples of ${set} were looked at for repeated ones.`]
  )

const count = (number: number, one: string): string => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`

const ofField =
  (set: string) =>
  ({ path, minimum, maximum, notFinite, firstNotFinite }: FieldScan): ReadonlyArray<string> => {
    const place = `${set}, ${path}`
    if (notFinite > 0) {
      return [
        `${place}: ${count(notFinite, "value")} not finite (NaN or infinite), the first in sample ${firstNotFinite}. ` +
          "Fill or drop missing values when the data is read."
      ]
    }
    const isConstant = minimum === maximum && path !== "weights" && path !== "mask"
    return isConstant ? [`${place}: every value is ${minimum}. Nothing can be learned from it.`] : []
  }

const ofRepeated = ({ set, other, samples, example: [sample, equal] }: Repeated): string =>
  set === other
    ? `${set}: ${count(samples, "sample")} with the inputs of an earlier one (sample ${sample} is sample ${equal}).`
    : `${set}: ${count(samples, "sample")} also in ${other} (sample ${sample} is sample ${equal} of ${other}). ` +
      "What is measured on them is no generalization: leave them out of one of the sets."

const nameOf = ({ classes }: SetScan, label: number): string =>
  classes?.[label] === undefined ? `label ${label}` : `${classes[label]} (label ${label})`

/** Classes of other sets that training never sees, and classes without a sample. */
const ofClasses = (scans: ReadonlyArray<SetScan>): ReadonlyArray<string> => {
  const [train] = scans
  if (train?.labels === undefined) return []
  const { labels: trained } = train
  const unseen = scans.slice(1).flatMap((scan) => {
    const labels = [...(scan.labels?.keys() ?? [])].filter((label) => !trained.has(label))
    const names = labels.sort((one, other) => one - other).map((label) => nameOf(scan, label))
    return names.length === 0 ? [] : [`${scan.set}: ${names.join(", ")} not in ${train.set}.`]
  })
  const empty = (train.classes ?? []).flatMap((_, label) => (trained.has(label) ? [] : [nameOf(train, label)]))
  return [...(empty.length === 0 ? [] : [`${train.set}: no sample of ${empty.join(", ")}.`]), ...unseen]
}

/** Everything odd about the sets, of which the first is the training set. */
export const of = (scans: ReadonlyArray<SetScan>, repetitions: ReadonlyArray<Repeated>): ReadonlyArray<string> => [
  ...scans.flatMap(({ set, fields }) => fields.flatMap(ofField(set))),
  ...repetitions.map(ofRepeated),
  ...ofClasses(scans)
]
