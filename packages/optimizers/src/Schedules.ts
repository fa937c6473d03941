/** Learning-rate schedules beyond those of core, as configs name them: `learningRate: { _tag: InverseSquareRoot, … }`. */
import type { ScheduleEntry } from "@etude/core/LearningRate"
import { cyclic } from "./schedules/Cyclic.ts"
import { inverseSquareRoot } from "./schedules/InverseSquareRoot.ts"
import { warmupStableDecay } from "./schedules/WarmupStableDecay.ts"

export { cyclic, inverseSquareRoot, warmupStableDecay }

/** All of them. */
export const schedules: ReadonlyArray<ScheduleEntry> = [inverseSquareRoot, warmupStableDecay, cyclic]
