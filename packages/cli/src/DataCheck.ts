/** `etude data check`: what a config's data holds, and what is odd about it. */
import type { Dataset } from "@etude/core/Dataset"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as ConfigFile from "./ConfigFile.ts"
import * as Findings from "./internal/data/Findings.ts"
import { type SetScan, scan } from "./internal/data/Scan.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as Setup from "./Setup.ts"
import * as Table from "./Table.ts"

/** With `--strict`, data about which something was found. */
export class DataQuestionable extends Schema.TaggedError<DataQuestionable>()("DataQuestionable", {
  config: Schema.String,
  findings: Schema.Array(Schema.String)
}) {
  override get message() {
    const { findings } = this
    return `The data of ${this.config} has ${findings.length} finding${findings.length === 1 ? "" : "s"}; see above.`
  }
}

/** The sets of a config's data by name, the training set first. */
export const setsOf = (setup: Effect.Success<ReturnType<typeof Setup.make>>): ReadonlyArray<[string, Dataset]> => [
  ["train", setup.data.train],
  ...Object.entries(Setup.validationsOf(setup)),
  ...(setup.data.test === undefined ? [] : [["test", setup.data.test] satisfies [string, Dataset]])
]

/** Most classes that are listed one by one. */
const listed = 20

const fieldsTable = (scans: ReadonlyArray<SetScan>): string =>
  Table.render(
    ["field", "shape", "type", "minimum", "maximum", "mean"],
    scans.flatMap(({ set, samples, fields }) => [
      [`${set}, ${samples.toLocaleString("en")} samples`],
      ...fields.map(({ path, spec, minimum, maximum, mean }) => [
        `  ${path}`,
        `[${spec.shape.join(", ")}]`,
        spec.dtype,
        ...[minimum, maximum, mean].map(Table.number)
      ])
    ])
  )

const classesTable = (scans: ReadonlyArray<SetScan>): string | undefined => {
  const labelled = scans.filter(({ labels }) => labels !== undefined)
  const labels = [...new Set(labelled.flatMap(({ labels }) => [...(labels?.keys() ?? [])]))].sort((a, b) => a - b)
  if (labels.length === 0) return undefined
  const cell = ({ labels: counts, samples }: SetScan, label: number) => {
    const count = counts?.get(label) ?? 0
    return `${count.toLocaleString("en")} (${((100 * count) / samples).toFixed(1)} %)`
  }
  const name = (label: number) => labelled.find(({ classes }) => classes?.[label] !== undefined)?.classes?.[label]
  const rows = labels
    .slice(0, listed)
    .map((label) => [name(label) ?? `label ${label}`, ...labelled.map((one) => cell(one, label))])
  const more = labels.length > listed ? [[`… ${labels.length - listed} more`]] : []
  return Table.render(["class", ...labelled.map(({ set }) => set)], [...rows, ...more])
}

const jsonOf = (scans: ReadonlyArray<SetScan>) =>
  scans.map(({ set, samples, fields, labels, classes, digests }) => ({
    set,
    samples,
    compared: digests.length,
    fields: fields.map(({ path, spec: { shape, dtype }, ...values }) => ({ path, shape, dtype, ...values })),
    ...(labels && {
      classes: [...labels]
        .sort(([one], [other]) => one - other)
        .map(([label, count]) => ({
          label,
          ...(classes?.[label] === undefined ? {} : { name: classes[label] }),
          samples: count
        }))
    })
  }))

/** Reads all sets of a config's data once and prints what they hold, and what is odd. */
export const check = (args: {
  readonly config: string
  readonly overrides: ReadonlyArray<ConfigFile.Override>
  readonly strict: boolean
  readonly json: boolean
}) =>
  Effect.gen(function* () {
    const loaded = yield* Load.fromFile(args.config, args.overrides)
    const scans = yield* Effect.gen(function* () {
      const setup = yield* Setup.make(loaded)
      return yield* Effect.forEach(setsOf(setup), ([set, dataset]) => scan(set, dataset))
    }).pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded)))
    const repetitions = Findings.repeated(scans)
    const findings = Findings.of(scans, repetitions)
    if (args.json) yield* Output.json({ config: args.config, sets: jsonOf(scans), repeated: repetitions, findings })
    else {
      const parts = [
        fieldsTable(scans),
        classesTable(scans),
        findings.length === 0 ? "Nothing odd was found." : findings.map((finding) => `! ${finding}`).join("\n"),
        ...Findings.notCompared(scans)
      ]
      yield* Output.result(parts.filter((part) => part !== undefined).join("\n\n"))
    }
    if (args.strict && findings.length > 0) yield* new DataQuestionable({ config: args.config, findings })
  })
