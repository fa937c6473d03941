/** `npm run bench:metrics`: measures every metric, beside torchmetrics. Flags: see benchmarks/src/metrics/main.ts. */
import { bench } from "./lib/bench.mjs"

await bench("metrics", "main.ts")
