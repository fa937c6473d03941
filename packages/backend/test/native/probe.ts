/** Trains on the native backend and prints Node's major version and the SHA-256 of the weights. Run by other Nodes. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Native from "../../src/Native.ts"
import { trainConvolutions } from "./trainConvolutions.ts"

const hash = Effect.sync(() => {
  const sum = createHash("sha256")
  for (const bits of trainConvolutions()) sum.update(bits)
  return sum.digest("hex")
})
console.log(process.versions.node.split(".")[0], await Effect.runPromise(Effect.provide(hash, Native.layer)))
