/**
 * Stored weights that a run begins with, as a config names them: a safetensors file, or a folder with a `model.safetensors` (a
 * run or a checkpoint), or what one of the `Sources` finds; what to take of it, and as what. Of several, later ones win.
 *
 * ```yaml
 * initialize:
 *   from: weights/resnet18.safetensors
 *   layout: pytorch
 *   rename: [{ from: "**\/weight", to: $1/kernel }]
 *   ignore: ["**\/num_batches_tracked", "fc/**"]
 *   match: body/**
 * ```
 */
import { type Event, Task, Tensors, Trainer, type TrainState } from "@etude/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Renaming from "./Renaming.ts"
import * as Safetensors from "./Safetensors.ts"
import * as WarmStart from "./WarmStart.ts"

/** One file or folder, and what to take of it. */
export interface Source extends WarmStart.Choice {
  readonly from: string
}
const Patterns = Schema.Union([Schema.String, Schema.Array(Schema.String)])
export const Source: Schema.Codec<Source> = Schema.Struct({
  from: Schema.String.check(Schema.isMinLength(1, { message: "expected a file or a folder" })).annotate({
    description:
      "A safetensors file, or the folder of a run or a checkpoint, relative as paths among the options are; run:NAME is a run in the " +
      "folder of runs, hub:OWNER/NAME/FILE@REVISION a file of the Hugging Face hub"
  }),
  match: Schema.optionalKey(Patterns).annotate({
    description: "Patterns over the model's paths of what is to be initialized so; default: everything"
  }),
  rename: Schema.optionalKey(Schema.Array(Renaming.Rule)).annotate({
    description: "Rules by which stored names become the model's paths, each over what those before it have made"
  }),
  ignore: Schema.optionalKey(Patterns).annotate({
    description: "Patterns over renamed names of stored tensors that are not wanted"
  }),
  layout: Schema.optionalKey(Schema.Literal("pytorch")).annotate({
    description: "pytorch: dots in names are slashes, and kernels are turned from output channels first to last"
  }),
  kernels: Schema.optionalKey(Patterns).annotate({
    description: "With a layout, patterns over the model's paths of what is turned; default: **/kernel"
  }),
  strict: Schema.optionalKey(Schema.Boolean).annotate({
    description: "Whether everything that matches must be there, fit and be used; default: true"
  })
})

/** One source, or several. */
export type Initialize = Source | ReadonlyArray<Source>
export const Initialize: Schema.Codec<Initialize> = Schema.Union([Source, Schema.Array(Source)])

/** Stored weights that can't be used, with what is wrong with each source. */
export class InitializeFailed extends Schema.TaggedError<InitializeFailed>()("InitializeFailed", {
  sources: Schema.Array(Schema.Struct({ from: Schema.String, message: Schema.String }))
}) {
  override get message() {
    const list = this.sources.map(({ from, message }) => `\ninitialize from ${from}: ${message}`)
    return `The run can't begin with the stored weights; nothing was trained.${list.join("")}`
  }
}

/** Weights that can't be had from where they are: why, and what to do. */
export class SourceUnavailable extends Schema.TaggedError<SourceUnavailable>()("SourceUnavailable", {
  from: Schema.String,
  found: Schema.String,
  advice: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `${this.found}. ${this.advice}`
  }
}

/** Weights of a source as they are on this machine now. */
export interface Located {
  /** The file, or the folder with a `model.safetensors`. */
  readonly path: string
  /** What an account calls it, where that is more than the path: an address with its commit. */
  readonly name?: string
}

/** Finds what an address names, which is what follows the scheme and its colon. */
export type Locate = (address: string) => Effect.Effect<Located, SourceUnavailable>

/**
 * What finds weights that are no path, by scheme: with `hub`, `from: hub:owner/name/model.safetensors@main` is what that makes of
 * `owner/name/model.safetensors@main`. Whoever runs the task provides them; `etude train` has `hub` and `run`. None by default.
 */
export const Sources: Context.Reference<{ readonly [scheme: string]: Locate }> = Context.Reference(
  "@etude/checkpoint/Initialize/Sources",
  { defaultValue: () => ({}) }
)

/** A scheme has two letters at least: one is a drive. */
const schemeShape = /^([a-z]{2,}):(.*)$/s

/** Where a source is: found by its scheme, or a path. */
const locate = (from: string, folder: string): Effect.Effect<Located, SourceUnavailable, Path.Path> =>
  Effect.gen(function* () {
    const [path, sources] = [yield* Path.Path, yield* Sources]
    const [, scheme = "", address = ""] = schemeShape.exec(from) ?? []
    const found = Object.hasOwn(sources, scheme) ? sources[scheme] : undefined
    return found === undefined ? { path: path.resolve(folder, from) } : yield* found(address)
  })

/** What a name that is no file may have been meant as. */
const schemeAdvice = (from: string): Effect.Effect<string> =>
  Effect.map(Sources, (sources) => {
    const [, scheme] = schemeShape.exec(from) ?? []
    const known = Object.keys(sources).map((one) => `${one}:`)
    if (scheme === undefined) return ""
    return `, and ${scheme}: is none of the sources here${known.length === 0 ? "" : `, which are ${known.join(", ")}`}`
  })

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** What a file holds of a model: a run's has averages of callbacks too, which are other weights of the same model. */
const modelOf = ({ tensors, metadata }: Safetensors.Contents) =>
  metadata["format"] === "etude"
    ? Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith("callbacks/")))
    : tensors

interface Read {
  readonly file: string
  readonly sha256: string
  readonly weights: { readonly [name: string]: TrainState.TensorData }
}

/** The weights of a file, or of the model in a folder, or of what a scheme finds. */
const read = (
  from: string,
  folder: string
): Effect.Effect<Read, Safetensors.SafetensorsUnreadable | SourceUnavailable, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const [files, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
    const { path: place, name } = yield* locate(from, folder)
    const info = yield* Effect.result(files.stat(place))
    const isFolder = Result.isSuccess(info) && info.success.type === "Directory"
    const file = isFolder ? path.join(place, "model.safetensors") : place
    const advice = yield* schemeAdvice(from)
    const bytes = yield* Effect.mapError(files.readFile(file), ({ reason, message }) => {
      const isMissing = reason._tag === "NotFound"
      const inFolder = isFolder ? "; the folder is none of a run that was trained, nor a checkpoint" : advice
      const problem = isMissing
        ? ({ kind: "missing", message: `there is no such file${inFolder}` } as const)
        : ({ kind: "unreadable", message } as const)
      return new Safetensors.SafetensorsUnreadable({ path: file, problems: [problem] })
    })
    const contents = yield* Effect.fromResult(Safetensors.decode(bytes, file))
    const digest = yield* Effect.promise(() => crypto.subtle.digest("SHA-256", new Uint8Array(bytes)))
    return { file: name ?? file, sha256: hex(digest), weights: modelOf(contents) }
  })

/** What the task's models have against beginning so: that the weights are for data prepared in another way, say. */
const refusalsOf = (task: Task.Task): ReadonlyArray<string> => {
  if (Object.values(task.models).every(({ refuses }) => refuses === undefined)) return []
  const weights = Trainer.initialWeights(task, 0)
  const refusals = Task.refusals(task, weights)
  Tensors.disposeTree(weights)
  return refusals
}

/**
 * The task, whose models begin with the stored weights, and an account of each source. Everything that is wrong with any of them
 * is reported together. Needs an open backend.
 *
 * @param folder what `from` is relative to
 */
export const task = <T extends Task.Task>(
  self: T,
  config: Initialize,
  folder: string
): Effect.Effect<
  { readonly task: T; readonly loaded: ReadonlyArray<Event.LoadedFrom> },
  InitializeFailed,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const sources = Array.isArray(config) ? (config as ReadonlyArray<Source>) : [config as Source]
    const failed: Array<{ readonly from: string; readonly message: string }> = []
    const loaded: Array<Event.LoadedFrom> = []
    let begun = self
    for (const { from, ...choice } of sources) {
      const outcome = yield* Effect.result(
        Effect.flatMap(read(from, folder), ({ file, sha256, weights }) =>
          Effect.map(WarmStart.task(begun, { weights, ...choice }), ({ task, account }) => ({
            task,
            loaded: { file, sha256, ...account }
          }))
        )
      )
      if (Result.isFailure(outcome)) failed.push({ from, message: outcome.failure.message })
      else {
        begun = outcome.success.task
        loaded.push(outcome.success.loaded)
        failed.push(...refusalsOf(begun).map((message) => ({ from, message })))
      }
    }
    if (failed.length > 0) return yield* new InitializeFailed({ sources: failed })
    return { task: begun, loaded }
  })

const listed = (account: Event.LoadedFrom): ReadonlyArray<string> => {
  const sources = new Map(account.renamed?.map(({ from, to }) => [to, from]))
  const transposed = new Set(account.transposed)
  const origin = (path: string) => {
    const [source, isTurned] = [sources.get(path), transposed.has(path)]
    return `${source === undefined ? "" : ` from ${source}`}${isTurned ? ", transposed" : ""}`
  }
  return [
    ...account.loaded.map((path) => `used     ${path}${origin(path)}`),
    ...account.mismatched.map(
      ({ path, found, expected }) =>
        `misfit   ${path} is [${found.shape.join(", ")}] ${found.dtype} in the file and ` +
        `[${expected.shape.join(", ")}] ${expected.dtype} in the model: initialized anew`
    ),
    ...account.missing.map((path) => `missing  ${path}: initialized anew`),
    ...account.unused.map((path) => `left     ${path}${origin(path)}`),
    ...(account.ignored ?? []).map((name) => `ignored  ${name}`)
  ]
}

/** An account as lines for people: a summary, then a line for each tensor. */
export const describe = (loaded: Event.LoadedFrom): string => {
  const { file, loaded: used, missing, mismatched } = loaded
  const total = used.length + missing.length + mismatched.length
  return [
    `Weights from ${file}: ${used.length} of ${total} tensors that match are taken over.`,
    ...listed(loaded).map((line) => `  ${line}`)
  ].join("\n")
}
