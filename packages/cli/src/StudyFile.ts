/**
 * Reads study.yaml, with everything that can be known before a trial is begun: whether its own keys are right, whether the config
 * it names takes what it varies, and whether trials will report its objectives. All problems are reported together.
 */
import * as path from "node:path"
import { ConfigInvalid, type Problem } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Monitors from "@etude/core/Monitors"
import * as Objective from "@etude/study/Objective"
import * as StudyConfig from "@etude/study/StudyConfig"
import type * as StudyRegistry from "@etude/study/StudyRegistry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ConfigFile from "./ConfigFile.ts"
import * as Load from "./Load.ts"
import * as Setup from "./Setup.ts"
import * as StudyKeys from "./StudyKeys.ts"
import * as StudyPlugins from "./StudyPlugins.ts"

export interface StudyFile {
  /** As it was named. */
  readonly file: string
  readonly name: string
  /** The absolute path of the config that trials train. */
  readonly config: string
  /** Its objectives have the directions that the run's metrics declare. */
  readonly study: StudyConfig.StudyConfig
  /** What the study may name. */
  readonly registry: StudyRegistry.StudyRegistry
}

/** The file's name without what says that it is a study: `lenet.study.yaml` is `lenet`. */
export const nameOf = (file: string): string => path.basename(file).replace(/(\.study)?\.(ya?ml|json)$/i, "")

/** In `space` and `set` the rest of a path is one key, which has dots: `--set set.train.batchSize=64`. */
export const inSections = (overrides: ReadonlyArray<ConfigFile.Override>): ReadonlyArray<ConfigFile.Override> =>
  overrides.map((override) => {
    const [section, ...key] = override.path
    const isSection = (section === "set" || section === "space") && key.length > 0
    return isSection ? { ...override, path: [section, key.join(".")] } : override
  })

/** Sections that say what trials train, whatever is wrong with the others. */
const varying = (document: unknown): unknown => {
  const { config, set, space } = (document ?? {}) as { readonly [key: string]: unknown }
  return { config, ...(set === undefined ? {} : { set }), ...(space === undefined ? {} : { space }), settings: 1 }
}

/** A config's problems, as far as they belong to a setting or are the config's own. */
const problemsOfConfig = (document: unknown, config: string) =>
  Load.fromDocument(document, config, path.dirname(config)).pipe(
    Effect.as<ReadonlyArray<Problem>>([]),
    Effect.catchTag("ConfigInvalid", ({ problems }) => Effect.succeed(problems))
  )

/** What is wrong with the config that the study names, and with what the study gives to it. */
const problemsOfKeys = (config: string, study: StudyKeys.Varied) =>
  Effect.gen(function* () {
    const document = yield* ConfigFile.read(config)
    return yield* StudyKeys.problemsOf(study, document, (changed) => problemsOfConfig(changed, config))
  }).pipe(
    Effect.catchTag("FileUnreadable", ({ message }) => Effect.succeed([{ path: "config", message }])),
    Effect.catchTag("ConfigInvalid", ({ source, problems }) =>
      Effect.succeed(
        problems.map((problem) => ({ path: `config ${source}, ${problem.path}`, message: problem.message }))
      )
    )
  )

/** What trials report, by the experiment and the data of the first setting. */
const monitorsOf = (config: string, study: StudyConfig.StudyConfig) =>
  Effect.gen(function* () {
    const first = element(StudyKeys.corners(study.space), 0)
    const loaded = yield* Load.fromFile(config, StudyKeys.overridesOf({ ...study.set, ...first }))
    const setup = yield* Effect.provide(Setup.make(loaded), Setup.backendOf(loaded))
    return Monitors.of(setup.task, Object.keys(Setup.validationsOf(setup)))
  }).pipe(Effect.scoped)

/** Reads a study and checks it. Fails with all problems; nothing is trained. */
export const read = (file: string, overrides: ReadonlyArray<ConfigFile.Override> = []) =>
  Effect.gen(function* () {
    const refuse = (problems: ReadonlyArray<Problem>) => new ConfigInvalid({ source: file, problems })
    const document = ConfigFile.override(yield* ConfigFile.read(file), inSections(overrides))
    const { registry, problems: ofPlugins } = yield* StudyPlugins.registryOf(document, path.dirname(file))
    const configOf = (written: string) => path.resolve(path.dirname(file), written)
    const decoding = yield* Effect.result(StudyConfig.decode(document, file, registry))
    const own = Result.isFailure(decoding) ? decoding.failure.problems : []
    const part = Result.isFailure(decoding)
      ? yield* Effect.result(StudyConfig.decode(varying(document), file, registry))
      : decoding
    const ofKeys = Result.isSuccess(part) ? yield* problemsOfKeys(configOf(part.success.config), part.success) : []
    const problems = [...ConfigFile.problemsOf(overrides), ...ofPlugins, ...own, ...ofKeys]
    if (problems.length > 0 || Result.isFailure(decoding)) return yield* refuse(problems)
    const config = configOf(decoding.success.config)
    const resolved = Objective.resolve(decoding.success.objective, yield* monitorsOf(config, decoding.success))
    if (resolved.problems.length > 0) return yield* refuse(resolved.problems)
    const name = decoding.success.name ?? nameOf(file)
    const study = { ...decoding.success, name, objective: resolved.objectives }
    return { file, name, config, study, registry } satisfies StudyFile
  })
