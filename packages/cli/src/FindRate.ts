/** `etude find-rate`: the learning-rate range test of a config's experiment. */
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import * as RateFinder from "@etude/optimizers/RateFinder"
import * as Effect from "effect/Effect"
import type * as ConfigFile from "./ConfigFile.ts"
import { ratePlot } from "./internal/ratePlot.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as OutputFile from "./OutputFile.ts"
import * as Setup from "./Setup.ts"
import * as Table from "./Table.ts"
import * as Watching from "./Watching.ts"

export interface FindRateArguments {
  readonly config: string
  readonly overrides: ReadonlyArray<ConfigFile.Override>
  readonly from: number
  readonly to: number
  readonly steps: number
  /** The picture to write; none when absent. */
  readonly output: string | undefined
  readonly json: boolean
}

const widest = 80

/** The rates that are suggested, with what each is for. */
const suggested = ({ steepest, belowMinimum }: RateFinder.Found): string =>
  Table.render(
    ["", "rate"],
    [
      ["the loss falls fastest; a rate to begin with", Table.number(steepest)],
      ["a tenth of where it is least; the largest of a schedule", Table.number(belowMinimum)]
    ]
  )

const ended = ({ points }: RateFinder.Found, steps: number): string =>
  points.length < steps
    ? `It ended after ${points.length} of ${steps} updates, where the loss had grown too far.`
    : `It made all ${steps} updates, and the loss did not grow; a larger --to may tell more.`

/** Runs the test and prints what it found. No run folder is made, and callbacks of the config take no part. */
export const findRate = (args: FindRateArguments) =>
  Effect.gen(function* () {
    const { config, overrides, json, output, ...options } = args
    const loaded = yield* Load.fromFile(config, overrides)
    const found = yield* Effect.gen(function* () {
      const setup = yield* Setup.make(loaded)
      const { task } = yield* Watching.initialized(setup.task, loaded, false)
      const { train } = setup.data
      return yield* RateFinder.find(task, { ...options, config: loaded.encoded.train ?? {}, data: { train } })
    }).pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded)))
    const file = output === undefined ? undefined : path.resolve(output)
    if (file !== undefined) yield* OutputFile.write(file, `${found.figure.svg}\n`)
    const { steepest, belowMinimum, points } = found
    if (json) return yield* Output.json({ config, steepest, belowMinimum, points, ...(file && { picture: file }) })
    const plot = ratePlot(points, { columns: Math.min(widest, Output.columns()), mark: steepest })
    const picture = file === undefined ? [] : [`The picture is ${pathToFileURL(file).href}`]
    const parts = [`Smoothed loss by learning rate\n${plot}`, suggested(found), ended(found, args.steps), ...picture]
    yield* Output.result(parts.join("\n\n"))
  })
