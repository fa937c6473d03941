/** The lines of the README hold for things of core and of this package. */
import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import * as Experiment from "@etude/core/Experiment"
import * as Metric from "@etude/core/Metric"
import { layerEager } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CpuBackend from "../src/doubles/CpuBackend.ts"
import * as MemoryCheckpoints from "../src/doubles/MemoryCheckpoints.ts"
import * as laws from "../src/Laws.ts"
import * as ExecutorRows from "../src/subjects/ExecutorRows.ts"
import * as KernelRows from "../src/subjects/KernelRows.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

const [task, data, backend] = [Tiny.perceptron(), { train: Tiny.vectors() }, CpuBackend.layer]
const options = { size: 1 }
const experiment = Experiment.make({
  name: "an experiment",
  options: Schema.Struct({ size: Schema.Finite }),
  make: () => Effect.succeed({ task, data })
})
const fold = (events: ReadonlyArray<Event.Event>) =>
  events.flatMap((event) => (event._tag === "RunEnded" ? [1] : [])).at(-1)

// Rows and operations are all tried elsewhere; here it is the lines that count.
laws.callback(Callback.observer({ id: "myCallback", hooks: {} }))
laws.metric(Metric.accuracy, { exact: true })
laws.checkpoints(MemoryCheckpoints.layer())
laws.backend(CpuBackend.layer, { rows: KernelRows.all.slice(0, 1) })
laws.executor(layerEager, { backend, rows: ExecutorRows.all.slice(0, 1) })
laws.paper({ task, data })
laws.experiment(experiment, options)
laws.replay({ name: "my report", fold })

it("the README names every function of Laws", () => {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const missing = Object.keys(laws).filter((name) => !text.includes(`laws.${name}(`))
  assert.deepStrictEqual(missing, [])
})
