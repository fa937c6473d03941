/** How many steps a second a run makes, over the last two seconds. */

const milliseconds = 2000

export interface Speed {
  readonly add: (step: number) => void
  readonly toString: () => string
}

export const make = (): Speed => {
  let seen: ReadonlyArray<{ readonly step: number; readonly time: number }> = []
  return {
    add: (step) => {
      const time = performance.now()
      seen = [...seen.filter((one) => time - one.time < milliseconds), { step, time }]
    },
    toString: () => {
      const [first, last] = [seen.at(0), seen.at(-1)]
      if (first === undefined || last === undefined || last.time - first.time < 100) return "–"
      return Math.round((1000 * (last.step - first.step)) / (last.time - first.time)).toLocaleString("en")
    }
  }
}
