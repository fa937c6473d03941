import * as Sampler from "@etude/core/Sampler"
import * as laws from "../src/Laws.ts"

const labels = [0, 1, 1, 1, 2, 2, 1, 1, 0]
const weights = [0.5, 0, 3, 1, 1, 0, 2, 0.1, 1]

laws.sampler(Sampler.sequential, { name: "Sequential", distinct: true })
laws.sampler(Sampler.shuffled, { name: "Shuffled", distinct: true })
laws.sampler(Sampler.weighted(weights), { name: "Weighted" })
laws.sampler(Sampler.weighted(weights, { replacement: false }), {
  name: "Weighted without replacement",
  distinct: true
})
laws.sampler(Sampler.balanced(labels, { samples: 20 }), { name: "Balanced" })
