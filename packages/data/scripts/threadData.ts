/** The datasets that `threadSpeed.ts` reads in threads. */
import type { Dataset } from "@etude/core/Dataset"
import * as Effect from "effect/Effect"
import * as Mnist from "../src/Mnist.ts"

export const images = () => Effect.map(Mnist.fromPackage({ pad: 2 }), ({ train }) => train)

const burn = (milliseconds: number): void => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

/** Reads that take 5 ms of a processor each. */
export const slow: Dataset = {
  name: "slow",
  length: 60_000,
  spec: { inputs: { shape: [1024], dtype: "float32" } },
  read: (indices, _draw, room) => {
    burn(5)
    const like = new Float32Array(0)
    return { inputs: room?.(like, 1024 * indices.length) ?? new Float32Array(1024 * indices.length) }
  }
}
