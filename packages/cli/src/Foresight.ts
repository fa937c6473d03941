/**
 * What a config's own mistakes would hide: problems that show only with the task and its data, such as a monitor that
 * is not reported. The mistakes are removed, the rest is checked as before a run, and nothing is trained.
 */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as FileStore from "@etude/checkpoint/FileStore"
import * as Saving from "@etude/checkpoint/Saving"
import * as SavingConfig from "@etude/checkpoint/SavingConfig"
import * as Callback from "@etude/core/Callback"
import type { Checkpoints } from "@etude/core/Checkpoints"
import { ConfigInvalid, PreflightFailed, type Problem } from "@etude/core/Errors"
import type { Provided } from "@etude/core/Plugin"
import * as Trainer from "@etude/core/Trainer"
import * as EventSinks from "@etude/reports/EventSinks"
import * as NodeTerminal from "@etude/reports/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as ConfigFile from "./ConfigFile.ts"
import * as Load from "./Load.ts"
import * as Plugins from "./Plugins.ts"
import * as Setup from "./Setup.ts"

type Keys = ReadonlyArray<string>

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null

const has = (document: unknown, [key, ...rest]: Keys): boolean =>
  key === undefined || (isRecord(document) && Object.hasOwn(document, key) && has(document[key], rest))

const without = (document: unknown, [key, ...rest]: Keys): unknown => {
  if (key === undefined || !isRecord(document)) return document
  if (rest.length > 0) {
    const changed = without(document[key], rest)
    return Array.isArray(document) ? document.with(Number(key), changed) : { ...document, [key]: changed }
  }
  if (Array.isArray(document)) return document.filter((_, index) => String(index) !== key)
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== key))
}

/** The document without what a problem is about: the value itself, or what lacks it. */
const repaired = (document: unknown, { path: place }: Problem): unknown => {
  for (let keys: Keys = place.split("."); keys.length > 0; keys = keys.slice(0, -1)) {
    if (has(document, keys)) return without(document, keys)
  }
  return document
}

/** What decides which task there is can't be taken out. */
const isOfTask = ({ path: place }: Problem): boolean => /^(use|from|options|line )|^$/.test(place)

const mostRounds = 5

/** The config without its mistakes; none where that leaves no task, or no config. */
const withoutMistakes = Effect.fnUntraced(function* (document: unknown, source: string, folder: string) {
  let changed = document
  for (let round = 0; round < mostRounds; round++) {
    const loading = yield* Effect.result(Load.fromDocument(changed, source, folder))
    if (Result.isSuccess(loading)) return loading.success
    const { failure } = loading
    if (!(failure instanceof ConfigInvalid) || failure.problems.some(isOfTask)) return undefined
    // From the last to the first, so that places in lists stay right.
    changed = failure.problems.toReversed().reduce(repaired, changed)
  }
  return undefined
})

const id = "@etude/cli/foresight"

/** The problems that the preflight of a run would find. An added problem prevents any training. */
const preflight = (loaded: Load.Loaded) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => fs.mkdtempSync(path.join(tmpdir(), "etude-preflight-")).replaceAll(path.sep, "/")),
      (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
    )
    const { task, data } = yield* Setup.make(loaded)
    const stop = Callback.observer({ id, check: Effect.succeed([{ path: id, message: "" }]), hooks: {} })
    // What callbacks of a config watch is known at run time only.
    const plugins: Layer.Layer<never, never, Provided> = Layer.provide(
      Plugins.layerOf(loaded.plugins, { folder, classes: data.train.classes, earlier: [] }),
      NodeTerminal.layerOf(process.stderr)
    )
    const saving: Layer.Layer<never, never, Callback.CallbackRegistry | Checkpoints> = Saving.layer(
      SavingConfig.rulesOf(loaded.config.checkpoints)
    )
    const failed = yield* Trainer.train(task, {
      config: loaded.encoded.train ?? {},
      data: data as Parameters<typeof Trainer.train>[1]["data"],
      callbacks: Layer.mergeAll(stop, plugins, saving)
    }).pipe(Effect.flip, Effect.provide([FileStore.layer({ folder: `${folder}/checkpoints` }), EventSinks.memory([])]))
    return failed instanceof PreflightFailed ? failed.problems.filter((problem) => problem.path !== id) : []
  }).pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded)))

/** The error of a config, with what else would be wrong with a run of it. */
export const complete = (error: ConfigInvalid, file: string, overrides: ReadonlyArray<ConfigFile.Override>) =>
  Effect.gen(function* () {
    const document = ConfigFile.override(yield* ConfigFile.read(file), overrides)
    const loaded = yield* withoutMistakes(document, file, path.dirname(path.resolve(file)))
    return loaded === undefined ? [] : yield* preflight(loaded)
  }).pipe(
    // Whatever else fails, the known mistakes are reported.
    Effect.catchCause(() => Effect.succeed<ReadonlyArray<Problem>>([])),
    Effect.flatMap((others) => Effect.fail(new ConfigInvalid({ ...error, problems: [...error.problems, ...others] })))
  )
