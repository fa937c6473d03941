/** The ends of epochs as a table with aligned columns, or as plain lines where there is no terminal. */
import * as format from "./format.ts"
import type { Screen } from "./Screen.ts"
import { padStart, widthOf } from "./width.ts"

export interface EpochLine {
  readonly epoch: string
  readonly values: { readonly [monitor: string]: number }
  readonly learningRate: number
  readonly seconds: number
}

const least = { epoch: 7, value: 8, learningRate: 13, seconds: 8 }

export interface EpochTable {
  /** The columns that rows will have; values under other names get columns of their own when they come. */
  readonly expect: (monitors: ReadonlyArray<string>) => void
  readonly row: (line: EpochLine) => void
  /** Something else was printed since the last row: the next one needs its header again. */
  readonly interrupted: () => void
}

export const make = (screen: Screen): EpochTable => {
  let monitors: ReadonlyArray<string> = []
  let headed = false

  const aligned = (epoch: string, values: ReadonlyArray<string>, learningRate: string, seconds: string): string =>
    [
      padStart(epoch, least.epoch),
      ...values.map((text, at) => padStart(text, Math.max(least.value, widthOf(monitors[at]!)))),
      padStart(learningRate, least.learningRate),
      padStart(seconds, least.seconds)
    ].join("  ")

  const table = ({ epoch, values, learningRate, seconds }: EpochLine): void => {
    const added = Object.keys(values).filter((monitor) => !monitors.includes(monitor))
    if (added.length > 0) {
      monitors = [...monitors, ...added]
      headed = false
    }
    if (!headed) screen.print(aligned("epoch", monitors, "learning rate", "seconds"))
    headed = true
    const cells = monitors.map((monitor) => (values[monitor] === undefined ? "–" : format.value(values[monitor])))
    screen.print(aligned(epoch, cells, format.setting(learningRate), seconds.toFixed(1)))
  }

  return {
    expect: (expected) => {
      monitors = expected
      headed = false
    },
    row: (line) => {
      if (screen.isTerminal) return table(line)
      const { epoch, values, learningRate, seconds } = line
      const rate = format.setting(learningRate)
      screen.print(`epoch ${epoch}  ${format.values(values)}  learning rate ${rate}  ${seconds.toFixed(1)} s`)
    },
    interrupted: () => {
      headed = false
    }
  }
}
