/**
 * A study as a file writes it, study.yaml, from one Schema: the decoder with all problems at once, the defaults, the JSON Schema.
 *
 * ```yaml
 * config: ./config.yaml
 * seeds: 5
 * space:
 *   train.learningRate: { log: [0.0001, 0.1] }
 *   train.batchSize: { choice: [32, 64, 128] }
 * search: { _tag: Random }
 * settings: 20
 * objective: { monitor: validation/loss, of: best }
 * ```
 */
import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { isOfTest, Objective, type ObjectiveEncoded } from "./Objective.ts"
import * as Space from "./Space.ts"
import { problemOfKey, SpaceConfig, type SpaceEncoded } from "./SpaceConfig.ts"
import * as StudyRegistry from "./StudyRegistry.ts"
import type { Parameters } from "./Trial.ts"

/** A searcher or a pruner with its options: `Entry.make(registry.searchers, search)` makes it. */
export interface Variant extends Entry.Tagged {
  readonly [option: string]: Schema.Json
}

/** A package that adds searchers and pruners. */
export interface PluginUse {
  readonly use: string
}

/** A decoded study. */
export interface StudyConfig {
  readonly $schema?: string
  /** The file's name when absent. */
  readonly name?: string
  /** The config that each trial trains, relative to this file. */
  readonly config: string
  /** Values by keys of the config, put there before a setting's. */
  readonly set: Parameters
  /** In their order, none twice. */
  readonly seeds: ReadonlyArray<number>
  readonly space: Space.Space
  readonly search: Variant
  /** How many settings are tried at most. */
  readonly settings: number
  /** The first is what pruners judge by. Empty where a study only compares. */
  readonly objective: ReadonlyArray<Objective>
  readonly pruner?: Variant
  readonly plugins: ReadonlyArray<PluginUse>
  /** Of the searcher's and the pruner's random streams. */
  readonly seed: number
  readonly exact: boolean
  readonly threads: number
  readonly attempts: number
  readonly lease: Duration.Duration
  readonly trialsPerProcess: number
}

/** As a file writes it: all that has a default may be left out. */
export interface StudyConfigEncoded {
  readonly $schema?: string
  readonly name?: string
  readonly config: string
  readonly set?: Parameters
  readonly seeds?: number | ReadonlyArray<number>
  readonly space?: SpaceEncoded
  readonly search?: Variant
  readonly settings?: number
  readonly objective?: ObjectiveEncoded | ReadonlyArray<ObjectiveEncoded>
  readonly pruner?: Variant
  readonly plugins?: ReadonlyArray<PluginUse>
  readonly seed?: number
  readonly exact?: boolean
  readonly threads?: number
  readonly attempts?: number
  readonly lease?: string
  readonly trialsPerProcess?: number
}

const text = (what: string) => Schema.String.check(Schema.isMinLength(1, { message: `expected ${what}` }))

const repeated = <A>(values: ReadonlyArray<A>): ReadonlyArray<number> =>
  values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []))

const Seeds: Schema.Codec<ReadonlyArray<number>, number | ReadonlyArray<number>> = Schema.Union([
  Config.count("seeds"),
  Schema.Array(Schema.Int).check(
    Schema.isMinLength(1, { message: "expected at least one seed" }),
    Schema.makeFilter((seeds) =>
      repeated(seeds).map((index) => ({
        path: [index],
        issue: `${seeds[index]} is there already; list each seed once`
      }))
    )
  )
])
  .annotate({ message: "expected a number of seeds, as in 5, or a list of them, as in [1998, 7]" })
  .pipe(
    Schema.decodeTo(Schema.Array(Schema.Int), {
      decode: SchemaGetter.transform((seeds) =>
        typeof seeds === "number" ? Array.from({ length: seeds }, (_, index) => index + 1) : seeds
      ),
      encode: SchemaGetter.transform((seeds): number | ReadonlyArray<number> => seeds)
    })
  )

type ObjectivesEncoded = ObjectiveEncoded | ReadonlyArray<ObjectiveEncoded>
type ObjectiveForm = Exclude<ObjectiveEncoded, string>

const isList = <A>(value: A | ReadonlyArray<A>): value is ReadonlyArray<A> => Array.isArray(value)
const longForm = (one: ObjectiveEncoded): ObjectiveForm => (typeof one === "string" ? { monitor: one } : one)

const oneObjective = Schema.Union([Schema.String, Schema.toEncoded(Objective)])
const Objectives: Schema.Codec<ReadonlyArray<Objective>, ObjectivesEncoded> = Schema.Union([
  oneObjective,
  Schema.Array(oneObjective)
])
  .annotate({ message: "expected a monitor, { monitor: validation/loss, of: best }, or a list of them" })
  .pipe(
    Schema.decodeTo(
      Schema.Array(Objective).check(
        Schema.makeFilter((all) =>
          repeated(all.map(({ monitor }) => monitor)).map((index) => ({
            path: [index, "monitor"],
            issue: `${all[index]?.monitor} is there already; list each monitor once`
          }))
        )
      ),
      {
        decode: SchemaGetter.transform((written) => (isList(written) ? written : [written]).map(longForm)),
        encode: SchemaGetter.transform((all): ObjectivesEncoded => all)
      }
    )
  )

const Lease = Schema.String.pipe(
  Schema.check(
    Schema.makeFilter((written) => {
      const parsed = Duration.fromInput(written as Duration.Input)
      return parsed._tag === "Some" && Duration.toMillis(parsed.value) >= 1000 && Duration.isFinite(parsed.value)
        ? undefined
        : "expected a time of at least a second with its unit, as in 30 seconds"
    })
  ),
  Schema.decodeTo(Schema.DurationFromString)
)

const overridden = Schema.Record(Schema.String, Schema.Json).check(
  Schema.makeFilter((set) =>
    Object.keys(set).flatMap((key) => {
      const issue = problemOfKey(key)
      return issue === undefined ? [] : [{ path: [key], issue }]
    })
  )
)

const fieldsOf = ({ searchers, pruners }: StudyRegistry.StudyRegistry) => ({
  $schema: Schema.optionalKey(Schema.String).annotate({
    description: "The JSON Schema of this file, for editors; it is not read"
  }),
  name: Schema.optionalKey(text("a name")).annotate({ description: "Default: the file's name" }),
  config: text("a path, such as ./config.yaml").annotate({
    description: "The config that each trial trains, relative to this file"
  }),
  set: Config.withDefault(overridden, {}, "Values by keys of the config that all trials have, as with --set"),
  seeds: Config.withDefault(Seeds, 1, "With how many seeds each setting is tried (1, 2, …), or a list of seeds"),
  space: Config.withDefault(SpaceConfig, {}, "The parameters that vary, by keys of the config"),
  search: Schema.optionalKey(Config.narrowed<Variant>(Entry.union(searchers))).annotate({
    description: "How settings are chosen. Default: Grid where the space is finite, else Random",
    message: `expected a searcher: { _tag: ${Entry.tagsOf(searchers)}, … }`
  }),
  settings: Schema.optionalKey(Config.count("settings")).annotate({
    description: "How many settings are tried at most. Default: all of a grid"
  }),
  objective: Config.withDefault(Objectives, [], "What to make lower or higher: a monitor, or several"),
  pruner: Schema.optionalKey(Config.narrowed<Variant>(Entry.union(pruners))).annotate({
    description: "Which trials go on. Default: all of them",
    message: `expected a pruner: { _tag: ${Entry.tagsOf(pruners)}, … }`
  }),
  plugins: Config.withDefault(
    Schema.Array(Schema.Struct({ use: text("a package name, or a path that starts with ./") })),
    [],
    "Packages that add searchers and pruners"
  ),
  seed: Config.withDefault(Schema.Int, 0, "Seed of the searcher's and the pruner's random streams"),
  exact: Config.withDefault(
    Schema.Boolean,
    true,
    "Whether only a machine that computes the same bits takes over a trial. With false any does, and the table says so"
  ),
  threads: Config.withDefault(Config.count("threads"), 2, "Threads of every trial, on which its bits depend"),
  attempts: Config.withDefault(Config.count("attempts"), 3, "Failures after which a trial is given up"),
  lease: Config.withDefault(Lease, "30 seconds", "How long the trial of a lost worker waits before another takes it"),
  trialsPerProcess: Config.withDefault(
    Config.count("trials"),
    1,
    "How many trials a process runs, one after another, where starting takes longer than training"
  )
})

type Written = Schema.Struct.Type<ReturnType<typeof fieldsOf>>
type Finding = { readonly path: ReadonlyArray<PropertyKey>; readonly issue: string }

const searchOf = ({ search, space }: Written): Variant => search ?? { _tag: Space.isFinite(space) ? "Grid" : "Random" }

const countOf = (written: Written, { searchers }: StudyRegistry.StudyRegistry): number | undefined => {
  if (written.space.parameters.length === 0) return 1
  const searcher = Entry.make(searchers, searchOf(written))
  return searcher.problem?.(written.space) === undefined ? searcher.count?.(written.space) : undefined
}

const problemsOfSearch = (written: Written, registry: StudyRegistry.StudyRegistry): ReadonlyArray<Finding> => {
  const { space, settings, objective } = written
  const search = searchOf(written)
  if (space.parameters.length === 0) {
    return search._tag === "Grid"
      ? []
      : [{ path: ["search"], issue: `there is nothing to search: add parameters under space, or leave search out` }]
  }
  const searcher = Entry.make(registry.searchers, search)
  const problem = searcher.problem?.(space)
  if (problem !== undefined) return [{ path: ["search"], issue: `${search._tag} ${problem}` }]
  const isBlind = searcher.isSequential !== false && objective.length === 0
  return [
    ...(settings === undefined && searcher.count === undefined
      ? [{ path: ["settings"], issue: `is missing: ${search._tag} has no end by itself; set how many settings to try` }]
      : []),
    ...(isBlind
      ? [
          {
            path: ["objective"],
            issue: `is missing: ${search._tag} learns from values; set what to make lower or higher`
          }
        ]
      : [])
  ]
}

const problemsOfPruner = ({ pruner, objective }: Written): ReadonlyArray<Finding> => {
  const [first] = objective
  if (pruner === undefined) return []
  if (first === undefined) {
    return [{ path: ["objective"], issue: `is missing: ${pruner._tag} judges trials by it; set a monitor` }]
  }
  return isOfTest(first)
    ? [
        {
          path: ["objective"],
          issue: `${first.monitor} is known at the end of a trial only, and ${pruner._tag} judges trials before; use a monitor of training or validation first`
        }
      ]
    : []
}

const problemsOfSet = ({ set, space }: Written): ReadonlyArray<Finding> => {
  const keys = space.parameters.map(({ key }) => key)
  return Object.keys(set).flatMap((key) =>
    keys
      .filter((other) => other === key || key.startsWith(`${other}.`))
      .map((other) => ({
        path: ["set", key],
        issue: `would be lost: the space varies ${other}; leave one of them out`
      }))
  )
}

const complete = (written: Written, registry: StudyRegistry.StudyRegistry): StudyConfig => {
  const count = countOf(written, registry)
  const settings = Math.min(written.settings ?? Number.POSITIVE_INFINITY, count ?? Number.POSITIVE_INFINITY)
  return { ...written, search: searchOf(written), settings }
}

/** The schema of a study that may name what is in a registry. */
export const of = (
  registry: StudyRegistry.StudyRegistry = StudyRegistry.own
): Schema.Codec<StudyConfig, StudyConfigEncoded> => {
  const fields = fieldsOf(registry)
  const written = Schema.Struct(fields).check(
    Schema.makeFilter((study) => [
      ...problemsOfSet(study),
      ...problemsOfSearch(study, registry),
      ...problemsOfPruner(study)
    ])
  )
  const whole = Schema.toType(Schema.Struct({ ...fields, search: Schema.Any, settings: Schema.Int }))
  return Config.narrowed(
    written.pipe(
      Schema.decodeTo(whole, {
        decode: SchemaGetter.transform((study) => complete(study, registry)),
        encode: SchemaGetter.transform((study) => study)
      })
    )
  )
}

/** Decodes a document, with every default; all problems are in the error, each with its path. `source` names it: a file. */
export const decode = (
  document: unknown,
  source: string,
  registry: StudyRegistry.StudyRegistry = StudyRegistry.own
): Effect.Effect<StudyConfig, ConfigInvalid> => Config.decode(of(registry), document, source)

/** A study as a file would hold it, with every default written down: `decode` gives the same again. */
export const encode = (
  study: StudyConfig,
  registry: StudyRegistry.StudyRegistry = StudyRegistry.own
): StudyConfigEncoded => Schema.encodeSync(of(registry))(study)

/** The JSON Schema of study.yaml, for editors. */
export const jsonSchema = (
  registry: StudyRegistry.StudyRegistry = StudyRegistry.own
): { readonly [key: string]: unknown } => Config.jsonSchema(of(registry))
