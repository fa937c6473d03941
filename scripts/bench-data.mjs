/** `npm run bench:data`: how fast datasets are read, beside PyTorch and Hugging Face. Flags: see benchmarks/src/data/main.ts. */
import { bench } from "./lib/bench.mjs"

await bench("data", "main.ts")
