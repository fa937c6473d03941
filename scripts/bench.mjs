/** `npm run bench`: measures training steps. Flags: see benchmarks/src/main.ts. */
import { bench } from "./lib/bench.mjs"

await bench("main.ts")
