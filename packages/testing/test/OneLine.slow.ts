/** The laws in one line, on what this package and core have to offer. */
import * as Callback from "@etude/core/Callback"
import * as Metric from "@etude/core/Metric"
import * as Effect from "effect/Effect"
import * as CpuBackend from "../src/doubles/CpuBackend.ts"
import * as Plugins from "../src/doubles/Plugins.ts"
import * as laws from "../src/Laws.ts"
import * as KernelRows from "../src/subjects/KernelRows.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

laws.callback(Plugins.averaging("mine"), { name: "averaging" })
laws.callback(Plugins.impatient(1, "mine"), { name: "impatient" })
const short = { subject: { config: { until: { epochs: 1 } } } } as const
for (const plugin of [Plugins.meddler, Plugins.noise]) {
  laws.callback(plugin("mine"), { name: plugin.name, ...short })
}
const observer = Callback.observer({ id: "mine", hooks: { epochEnd: () => undefined } })
laws.callback(observer, { name: "an observer", ...short })
laws.metric(Metric.accuracy, { exact: true })
laws.backend(CpuBackend.layer, {
  name: "a backend for tests",
  // What tfjs-backend-cpu 4.22 has no right kernel for.
  rows: KernelRows.all.filter(({ name }) => name !== "bilinear upsampling")
})
laws.paper(
  { task: Tiny.perceptron(), data: { train: Tiny.vectors(), validation: Tiny.vectors(6, 2) } },
  { name: "a tiny paper" }
)
laws.paper(Effect.succeed({ task: Tiny.convolution(), data: { train: Tiny.images() } }), {
  name: "one without validation"
})
laws.replay({
  name: "the values of epochs",
  fold: (events) => {
    // What came after the position of a resume is superseded.
    const rows = new Map<number, unknown>()
    for (const event of events) {
      if (event._tag === "EpochEnded") rows.set(event.progress.epoch, event.values)
    }
    return [...rows]
  }
})
