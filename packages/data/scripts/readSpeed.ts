/**
 * Prints how long a shuffled batch of 64 MNIST images takes to read, padded to 32×32 and normalized: the median and the
 * 95th percentile of 2,000 batches after 500 warm-up ones.
 *
 * Run in packages/data: `node --conditions=@etude/source scripts/readSpeed.ts`
 */

import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Mnist from "../src/Mnist.ts"

const started = performance.now()
const { train } = await Effect.runPromise(Mnist.fromPackage({ pad: 2, normalize: Mnist.moments }))
console.log(`opened ${train.length} + 10000 images in ${(performance.now() - started).toFixed(0)} ms`)

const size = 64
const sampleAt = Rng.permutation(Rng.key(1), train.length)
const times: Array<number> = []
let sum = 0
for (let batch = 0; batch < 2_500; batch++) {
  const indices = Int32Array.from({ length: size }, (_, at) => sampleAt((batch * size + at) % train.length))
  const before = performance.now()
  const read = train.read(indices, Draw.fixed)
  times.push(performance.now() - before)
  if (!Effect.isEffect(read)) sum += (read.inputs as Uint8Array)[500]!
}
const sorted = times.slice(500).sort((one, other) => one - other)
const at = (share: number) => sorted[Math.floor(share * sorted.length)]!.toFixed(4)
console.log(`a batch of ${size}: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms (check sum ${sum.toFixed(2)})`)
