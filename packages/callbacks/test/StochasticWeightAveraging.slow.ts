import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as laws from "@etude/testing/Laws"
import * as StochasticWeightAveraging from "../src/StochasticWeightAveraging.ts"

laws.callback(StochasticWeightAveraging.layer({ start: 2 }), {
  ...{ name: "stochastic weight averaging", backend: CpuBackend.layer },
  subject: { config: { until: { epochs: 1 } } }
})
