/** Whether a long run of small steps keeps what it should give back. */
import * as Effect from "effect/Effect"
import type { BackendName } from "./PlainBackend.ts"
import * as Process from "./Process.ts"
import type { Round } from "./Protocol.ts"
import { median } from "./Statistics.ts"

export interface MemoryOptions {
  readonly backend: BackendName
  /** Steps before the first reading: allocators reach their working size only after thousands. */
  readonly warmUp: number
  /** Steps in all, without those. */
  readonly steps: number
  /** Steps between two readings. */
  readonly every: number
}

export interface Memory extends MemoryOptions {
  readonly problem: "MLP"
  readonly liveTensors: { readonly least: number; readonly most: number }
  /** Medians of the readings, each after a collection. */
  readonly residentMegabytes: { readonly firstQuarter: number; readonly lastQuarter: number }
}

/** Trains one MLP and reads live tensors and resident memory on the way. */
export const measure = (options: MemoryOptions) =>
  Effect.gen(function* () {
    const { backend, warmUp, steps, every } = options
    const process = yield* Process.start(
      { competitor: "etude", problem: "MLP", batchSize: 32, backend, steps: every },
      { collect: true }
    )
    for (let done = 0; done < warmUp; done += every) yield* process.round()
    const readings: Array<Round> = []
    for (let done = 0; done < steps; done += every) readings.push(yield* process.round())
    const quarter = Math.max(1, Math.floor(readings.length / 4))
    const megabytes = (part: ReadonlyArray<Round>) => median(part.map(({ residentBytes }) => residentBytes / 1e6))
    const tensors = readings.map((reading) => reading.tensors)
    return {
      ...options,
      problem: "MLP",
      liveTensors: { least: Math.min(...tensors), most: Math.max(...tensors) },
      residentMegabytes: {
        firstQuarter: megabytes(readings.slice(0, quarter)),
        lastQuarter: megabytes(readings.slice(-quarter))
      }
    } satisfies Memory
  }).pipe(Effect.scoped)
