/** `npm run bench:studies`: what pruning saves. Flags: see benchmarks/src/studies/main.ts. */
import { bench } from "./lib/bench.mjs"

await bench("studies", "main.ts")
