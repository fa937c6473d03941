/** Means over the samples of what batches report, as they come in; called at every step. */
export interface RunningMeans {
  readonly add: (values: { readonly [name: string]: number }, samples: number) => void
  readonly means: () => { readonly [name: string]: number }
  readonly reset: () => void
}

export const make = (): RunningMeans => {
  let sums: Record<string, { total: number; samples: number }> = {}
  return {
    add: (values, samples) => {
      for (const [name, value] of Object.entries(values)) {
        sums[name] ??= { total: 0, samples: 0 }
        // NaN is a metric that has no result for this batch.
        if (Number.isNaN(value)) continue
        const sum = sums[name]
        sum.total += value * samples
        sum.samples += samples
      }
    },
    means: () => Object.fromEntries(Object.entries(sums).map(([name, { total, samples }]) => [name, total / samples])),
    reset: () => {
      sums = {}
    }
  }
}
