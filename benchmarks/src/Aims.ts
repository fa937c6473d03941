/** What Etude's step has to reach, and what was measured. */
import type { IdleCallbacks } from "./IdleCallbacks.ts"
import type { Memory } from "./Memory.ts"
import type { Competitor } from "./Protocol.ts"
import type { Speed } from "./Speed.ts"

export interface Aim {
  readonly aim: string
  readonly measured: number
  readonly met: boolean
}

export interface Measurements {
  readonly speed: ReadonlyArray<Speed>
  readonly idleCallbacks: ReadonlyArray<IdleCallbacks>
  readonly memory: ReadonlyArray<Memory>
}

/** Losses after equal training differ by rounding; more than this, and somebody does other arithmetic. */
const rounding = 0.01

/** Resident memory may grow by this share between the first and the last quarter of a run and still be called flat. */
const flat = 0.02

const ofSpeed = ({ backend, problem, timings, lossesDifferBy }: Speed): ReadonlyArray<Aim> => {
  const ratio = (competitor: Competitor) =>
    timings.find((timing) => timing.competitor === competitor)!.etudeIsFasterBy.median
  const least = problem === "LeNet-5" ? 0.98 : 0.95
  const at = `${problem}, ${backend}`
  const [bare, fit] = [ratio("bareLoop"), ratio("fit")]
  const same = { aim: `${at}: all losses agree within 1 %`, measured: lossesDifferBy, met: lossesDifferBy <= rounding }
  // The plain backend is for tests of tiny models: only its arithmetic counts.
  if (backend === "cpu") return [same]
  return [
    same,
    { aim: `${at}: at least ${least} × the bare loop`, measured: bare, met: bare >= least },
    { aim: `${at}: above model.fit`, measured: fit, met: fit > 1 }
  ]
}

const ofCallbacks = ({ backend, costs }: IdleCallbacks): ReadonlyArray<Aim> => {
  const { callbacks, ratio } = costs.at(-1)!
  const cost = ratio.median - 1
  return [{ aim: `${callbacks} idle callbacks, ${backend}: under 1 % of a step`, measured: cost, met: cost < 0.01 }]
}

const ofMemory = ({ backend, steps, liveTensors, residentMegabytes }: Memory): ReadonlyArray<Aim> => {
  const [kept, growth] = [
    liveTensors.most - liveTensors.least,
    residentMegabytes.lastQuarter / residentMegabytes.firstQuarter - 1
  ]
  const over = `over ${steps} steps, ${backend}`
  return [
    { aim: `live tensors ${over}: constant`, measured: kept, met: kept === 0 },
    { aim: `resident memory ${over}: flat (first to last quarter)`, measured: growth, met: growth <= flat }
  ]
}

/** All aims that can be judged by these measurements. */
export const judge = ({ speed, idleCallbacks, memory }: Measurements): ReadonlyArray<Aim> => [
  ...speed.flatMap(ofSpeed),
  ...idleCallbacks.flatMap(ofCallbacks),
  ...memory.flatMap(ofMemory)
]
