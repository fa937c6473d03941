/**
 * The run for TensorBoard: event files that `tensorboard --logdir` reads.
 *
 * ```ts
 * TensorBoard.layer({ directory: "runs/1" })
 * ```
 *
 * Scalars over steps: each monitor (`train/loss`, `validation/accuracy`), values of logged steps as `step/name`,
 * `learning_rate`, what else is scheduled as `scheduled/name`, and `samples_per_second`; and as text the run's config. A file is TFRecords of `Event` messages
 * (tensorflow/core/util/event.proto), written by hand here, so that no TensorFlow is needed.
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import type { Known, Resumed, RunStarted, Values } from "@etude/core/Event"
import * as Monitors from "@etude/core/Monitors"
import * as Options from "@etude/core/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as FileObserver from "./FileObserver.ts"
import * as proto from "./internal/protobuf.ts"
import { record } from "./internal/tfrecord.ts"
import * as OutputFile from "./OutputFile.ts"

export const Config = Schema.Struct({
  directory: Schema.NonEmptyString.annotate({ description: "The folder of this run below TensorBoard's logdir" }),
  flushEverySteps: FileObserver.flushEverySteps,
  id: Options.id('"tensorBoard"')
})
export type Config = typeof Config.Type
export type ConfigInput = typeof Config.Encoded

/** The id by default. */
export const id = "tensorBoard"

type Summary = { readonly scalars?: Values; readonly texts?: { readonly [tag: string]: string } }

const textPlugin = proto.message(9, proto.message(1, proto.string(1, "text")))
// A tensor of rank 0 that holds one string (DT_STRING is 7).
const textTensor = (text: string) => proto.message(8, proto.integer(1, 7), proto.message(2), proto.string(8, text))

/** One `Event` as a record: what was at a step, at a wall-clock time in seconds since 1970. */
export const encode = (
  point: { readonly step: number; readonly wallTime: number },
  content: Summary | { readonly fileVersion: string } | { readonly sessionStart: true }
): Uint8Array => {
  const head = [...proto.double(1, point.wallTime), ...proto.integer(2, point.step)]
  if ("fileVersion" in content) return record(Uint8Array.from([...head, ...proto.string(3, content.fileVersion)]))
  if ("sessionStart" in content) return record(Uint8Array.from([...head, ...proto.message(7, proto.integer(1, 1))]))
  const scalars = Object.entries(content.scalars ?? {}).map(([tag, value]) =>
    proto.message(1, proto.string(1, tag), proto.float(2, value))
  )
  const texts = Object.entries(content.texts ?? {}).map(([tag, text]) =>
    proto.message(1, proto.string(1, tag), textPlugin, textTensor(text))
  )
  return record(Uint8Array.from([...head, ...proto.message(5, ...scalars, ...texts)]))
}

/** The first part of tags of values that belong to no set; not that of a validation set of the same name. */
const free = (prefix: string, { monitors }: Pick<Setting, "monitors">): string =>
  Object.values(monitors).some(({ set }) => set === prefix) ? free(`${prefix}-`, { monitors }) : prefix

type Setting = typeof RunStarted.Type | typeof Resumed.Type

const prefixed = (values: Values, prefix: string): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))

/** What an event of the run says to TensorBoard; nothing for most. */
const summaryOf = (event: Known, setting: Pick<Setting, "monitors">): Summary | undefined => {
  switch (event._tag) {
    case "RunStarted":
    case "Resumed": {
      const { config, task, backend } = event
      const text = `\`\`\`json\n${JSON.stringify({ task, backend, config }, undefined, 2)}\n\`\`\``
      return { texts: { config: text } }
    }
    case "StepLogged":
      return {
        scalars: {
          ...prefixed(event.values, `${free("step", setting)}/`),
          ...Object.assign(
            {},
            ...Object.entries(event.measured ?? {}).map(([id, values]) =>
              prefixed(values, `${free("step", setting)}/${id}/`)
            )
          ),
          learning_rate: event.learningRate,
          ...prefixed(event.scheduled ?? {}, `${free("scheduled", setting)}/`),
          samples_per_second: event.samplesPerSecond
        }
      }
    case "ValidationEnded":
      return { scalars: event.values }
    case "EpochEnded":
      return {
        scalars: Object.fromEntries(
          Object.entries(event.values).filter(([name]) => Monitors.isOfTraining(setting.monitors, name))
        )
      }
    case "Tested":
      return { scalars: prefixed(event.values, `${free("test", setting)}/`) }
    default:
      return undefined
  }
}

/**
 * The observer. Each attempt of a run has its own file; that of a resumed run makes TensorBoard drop what
 * came after the step from which it continues. Fails with `OutputFileError`; a folder that cannot be written to is
 * found before the first step.
 */
export const layer = (config: ConfigInput): FileObserver.FileObserver =>
  Callback.unwrap(
    Effect.gen(function* () {
      const decoded = yield* CoreConfig.decode(Config, config, "the config of TensorBoard files")
      const { directory, flushEverySteps, id: callbackId = id } = decoded
      const [file, clock] = [yield* OutputFile.make(callbackId), yield* Clock.Clock]
      let begun = false
      let setting: Pick<Setting, "monitors"> = { monitors: {} }
      const begin = (attempt: number, milliseconds: number): void => {
        const seconds = String(Math.floor(milliseconds / 1000)).padStart(10, "0")
        const rest = String(milliseconds % 1000).padStart(3, "0")
        file.begin(`${directory}/events.out.tfevents.${seconds}.${rest}.etude.${attempt}`)
        file.write(encode({ step: 0, wallTime: milliseconds / 1000 }, { fileVersion: "brain.Event:2" }))
        begun = true
      }
      const onEvent = (event: Known): void => {
        const milliseconds = Math.floor(clock.currentTimeMillisUnsafe())
        const point = { step: event.progress.step, wallTime: milliseconds / 1000 }
        if (event._tag === "Resumed") {
          begin(event.attempt, milliseconds)
          file.write(encode({ ...point, step: point.step + 1 }, { sessionStart: true }))
        } else if (!begun) begin(1, milliseconds)
        if (event._tag === "RunStarted" || event._tag === "Resumed") setting = event
        const summary = summaryOf(event, setting)
        if (summary !== undefined) file.write(encode(point, summary))
      }
      return Callback.observer({
        id: callbackId,
        onEvent,
        check: file.check(`${directory}/events`),
        hooks: OutputFile.flushing(file, flushEverySteps),
        finalizer: () => file.close
      })
    })
  )
