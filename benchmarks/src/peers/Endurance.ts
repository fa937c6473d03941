/** Whether a long run of Etude's keeps what it should give back: resident memory and live tensors over many steps. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { BackendName } from "../PlainBackend.ts"
import { median } from "../Statistics.ts"
import * as Files from "./Files.ts"
import * as Peer from "./Peer.ts"
import type { Peer as PeerName, Round } from "./Protocol.ts"

export interface EnduranceOptions {
  readonly peer: PeerName
  readonly backend: BackendName
  /** Steps before the first reading: allocators reach their working size only after thousands. */
  readonly warmUp: number
  /** Steps in all, without those, and between two readings. */
  readonly steps: number
  readonly every: number
}

export interface Endurance extends EnduranceOptions {
  readonly problem: "MLP 784-300-100-10"
  readonly batchSize: 64
  /** Medians of the readings. */
  readonly residentMegabytes: { readonly firstQuarter: number; readonly lastQuarter: number }
  readonly liveTensors: { readonly least: number; readonly most: number }
}

export const measure = (options: EnduranceOptions, place: Peer.Place) =>
  Effect.gen(function* () {
    const [problem, batchSize] = ["MLP 784-300-100-10", 64] as const
    const { peer, backend, warmUp, steps, every } = options
    const folder = path.join(place.scratch, "endurance")
    Files.write(folder, problem, batchSize, 25)
    const running = yield* Peer.start({ peer, folder, backend, watched: 1, profiled: false }, place)
    yield* running.round(warmUp)
    const readings: Array<Round> = []
    for (let done = 0; done < steps; done += every) readings.push(yield* running.round(every))
    const quarter = Math.max(1, Math.floor(readings.length / 4))
    const megabytes = (part: ReadonlyArray<Round>) => median(part.map(({ residentBytes }) => residentBytes / 1e6))
    const tensors = readings.map((reading) => reading.tensors ?? 0)
    return {
      ...options,
      problem,
      batchSize,
      residentMegabytes: {
        firstQuarter: megabytes(readings.slice(0, quarter)),
        lastQuarter: megabytes(readings.slice(-quarter))
      },
      liveTensors: { least: Math.min(...tensors), most: Math.max(...tensors) }
    } satisfies Endurance
  }).pipe(Effect.scoped)
