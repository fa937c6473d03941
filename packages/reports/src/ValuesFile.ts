/**
 * The numbers of a run as JSON lines: logged steps, validations, epochs and tests. The whole run is in the events file; this
 * one is for those who only want to plot.
 *
 * ```ts
 * ValuesFile.layer({ path: "runs/1/values.jsonl" })
 * // {"kind":"epoch","epoch":1,"batch":0,"step":938,"samples":60000,"elapsedSeconds":12.3,"learningRate":0.001,"values":{…}}
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import type { Known } from "@etude/core/Event"
import { Values } from "@etude/core/Event"
import * as Options from "@etude/core/Options"
import { Progress } from "@etude/core/Progress"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as FileObserver from "./FileObserver.ts"
import * as Position from "./internal/position.ts"
import * as OutputFile from "./OutputFile.ts"

export const Config = Schema.Struct({
  path: FileObserver.path,
  flushEverySteps: FileObserver.flushEverySteps,
  id: Options.id('"valuesFile"')
})
export type Config = typeof Config.Type
export type ConfigInput = typeof Config.Encoded

/** The id by default. */
export const id = "valuesFile"

/** A line. `values` of a step are by plain name, others by monitor; NaN and infinities are strings in JSON. */
export interface Row extends Progress {
  readonly kind: "step" | "validation" | "epoch" | "test"
  readonly learningRate?: number
  readonly values: Values
  /** What callbacks measured at a step, by callback. */
  readonly measured?: { readonly [callback: string]: Values }
  /** What is scheduled beside the learning rate, of a step or an epoch. */
  readonly scheduled?: Values
}
export const Row: Schema.Codec<Row> = Schema.Struct({
  kind: Schema.Literals(["step", "validation", "epoch", "test"]),
  ...Progress.fields,
  learningRate: Schema.optionalKey(Schema.Number),
  values: Values,
  measured: Schema.optionalKey(Schema.Record(Schema.String, Values)),
  scheduled: Schema.optionalKey(Values)
})

const codec = Schema.fromJsonString(Schema.toCodecJson(Row))
const encode = Schema.encodeSync(codec)
const decode = Schema.decodeUnknownOption(codec)

/** The rows of a file's text; lines that are none (a torn last one, say) are left out. */
export const parse = (text: string): ReadonlyArray<Row> =>
  text.split("\n").flatMap((line) => Option.toArray(decode(line)))

const kinds: { readonly [tag in Known["_tag"]]?: Row["kind"] } = {
  StepLogged: "step",
  ValidationEnded: "validation",
  EpochEnded: "epoch",
  Tested: "test"
}

const rowOf = (event: Known): Row | undefined => {
  const kind = kinds[event._tag]
  if (kind === undefined || !("values" in event)) return undefined
  const learningRate = "learningRate" in event ? { learningRate: event.learningRate } : {}
  const measured = "measured" in event && event.measured !== undefined ? { measured: event.measured } : {}
  const scheduled = "scheduled" in event && event.scheduled !== undefined ? { scheduled: event.scheduled } : {}
  return { kind, ...event.progress, ...learningRate, values: event.values, ...measured, ...scheduled }
}

const text = (rows: ReadonlyArray<Row>): string => rows.map((row) => `${encode(row)}\n`).join("")

/**
 * The observer. A resumed run drops the rows that its new attempt supersedes. Fails with `OutputFileError`; a folder that
 * cannot be written to is found before the first step.
 */
export const layer = (config: ConfigInput): FileObserver.FileObserver =>
  Callback.unwrap(
    Effect.gen(function* () {
      const decoded = yield* CoreConfig.decode(Config, config, "the config of the values file")
      const { path, flushEverySteps, id: callbackId = id } = decoded
      const file = yield* OutputFile.make(callbackId)
      let resumedAt: Progress | undefined
      const onEvent = (event: Known): void => {
        if (event._tag === "RunStarted") file.begin(path)
        if (event._tag === "Resumed") {
          const position = event.progress
          resumedAt = position
          file.begin(path, (old) => text(parse(old).filter((row) => Position.compare(row, position) <= 0)))
        }
        if (event._tag === "ValidationStarted" && resumedAt !== undefined) {
          const position = resumedAt
          resumedAt = undefined
          // The boundary at which the run was cut is gone through again.
          if (Position.compare(event.progress, position) === 0)
            file.begin(path, (old) =>
              text(parse(old).filter((row) => row.kind !== "validation" || Position.compare(row, position) < 0))
            )
        }
        const row = rowOf(event)
        if (row !== undefined) file.write(text([row]))
      }
      return Callback.observer({
        id: callbackId,
        onEvent,
        check: file.check(path),
        hooks: OutputFile.flushing(file, flushEverySteps),
        finalizer: () => file.close
      })
    })
  )
