/**
 * Where the time of a run goes: waiting for data, steps, validation, saving, and each callback's handlers, those that wait
 * for a disk among them.
 *
 * ```ts
 * Timing.layer() // prints at the end
 * //   step                    41.2 s   78.1 %      938 times
 * //   data                     6.3 s   11.9 %      939 times
 * //   progress (batchEnd)      0.1 s    0.2 %      938 times
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as format from "./internal/format.ts"
import { padEnd, widthOf } from "./internal/width.ts"
import { Terminal } from "./Terminal.ts"

/** The id of this callback. */
export const id = "timing"

export interface Share {
  /** A phase, or a callback with the hook. */
  readonly part: string
  readonly times: number
  readonly seconds: number
}

/** Adds up how long each part took; the largest first. */
export const makeSum = () => {
  const sums = new Map<string, { times: number; milliseconds: number }>()
  return {
    add: (part: Callback.TimedPart, milliseconds: number): void => {
      const name = "phase" in part ? part.phase : `${part.callback} (${part.hook})`
      const sum = sums.get(name)
      if (sum === undefined) sums.set(name, { times: 1, milliseconds })
      else {
        sum.times += 1
        sum.milliseconds += milliseconds
      }
    },
    shares: (): ReadonlyArray<Share> =>
      [...sums]
        .map(([part, { times, milliseconds }]) => ({ part, times, seconds: milliseconds / 1000 }))
        .sort((a, b) => b.seconds - a.seconds)
  }
}

/** The shares as aligned lines, with the percentage of the whole run. */
export const lines = (shares: ReadonlyArray<Share>, wholeSeconds: number): ReadonlyArray<string> => {
  const width = Math.max(...shares.map(({ part }) => widthOf(part)), 0)
  return shares.map(({ part, times, seconds }) => {
    const percent = wholeSeconds > 0 ? `${((100 * seconds) / wholeSeconds).toFixed(1)} %` : "–"
    return `  ${padEnd(part, width)}  ${`${seconds.toFixed(1)} s`.padStart(10)}  ${percent.padStart(7)}  ${format.plural(times, "time", "times").padStart(14)}`
  })
}

/** The observer: prints to the terminal when the run has ended, however it did. */
export const layer = (): Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry | Terminal> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const sum = makeSum()
      let [begin, end] = [0, 0]
      let isRunning = false
      return Callback.observer({
        id,
        // Finalizers run in reverse of the order: the bar is closed when this prints.
        onTime: sum.add,
        onEvent: ({ _tag, progress }) => {
          if (_tag === "RunStarted" || _tag === "Resumed") {
            begin = progress.elapsedSeconds
            isRunning = true
          }
          end = progress.elapsedSeconds
        },
        hooks: {},
        finalizer: () =>
          Effect.sync(() => {
            // A pass that follows the run is none of its time.
            if (!isRunning) return
            isRunning = false
            for (const line of lines(sum.shares(), end - begin)) terminal.write(`${line}\n`)
          })
      })
    })
  )
