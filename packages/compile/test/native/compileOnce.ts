/** Compiles a sample with the cache in the given folder, runs it, and prints the hash of its results. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { make } from "../../src/native/NativeEmitter.ts"
import * as CodeInterpreter from "../support/CodeInterpreter.ts"
import { dependentPhases, resultsOf } from "../support/CodeShapes.ts"

const arena = CodeInterpreter.arena()
const emitter = Effect.runSync(make({ arena, threads: 2, cache: process.argv[2]! }))
const sample = dependentPhases(arena, emitter.target.lanes, 4)
emitter.make(sample.program).run()
console.log(createHash("sha256").update(resultsOf(arena, sample)).digest("hex"))
