/** A process of its own that computes products of matrices and prints what came of them, and how many signals it heard of. */
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Native from "../../src/Native.ts"

const rounds = 3000
let heard = 0
process.on("SIGWINCH", () => {
  heard++
})

const program = Effect.gen(function* () {
  process.stdout.write("ready\n")
  const a = tf.tensor2d(Rng.uniforms(Rng.key(1), 64 * 784, -1, 1), [64, 784])
  const b = tf.tensor2d(Rng.uniforms(Rng.key(2), 784 * 10, -1, 1), [784, 10])
  let sum = 0
  for (let round = 0; round < rounds; round++) {
    sum += tf.tidy(() => tf.sum(tf.matMul(a, tf.matMul(a, tf.matMul(a, b), true))).dataSync()[0]!)
    // Listeners are called between the rounds.
    if (round % 50 === 0) yield* Effect.promise(() => new Promise((resume) => setImmediate(resume)))
  }
  process.stdout.write(`${JSON.stringify({ sum, heard })}\n`)
})

await Effect.runPromise(program.pipe(Effect.provide(Native.layer)))
