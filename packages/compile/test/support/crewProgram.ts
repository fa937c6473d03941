/** A program of its own that runs code on two threads and then ends: `return` leaves everything open, `exit` exits. */
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Arena from "../../src/runtime/Arena.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import { both, setting } from "./Comparison.ts"

const arena = Arena.make({ shared: true })
const scope = Scope.makeUnsafe()
const emitter = await Effect.runPromise(Scope.provide(WasmEmitter.make({ threads: 2, arena }), scope))
const place = setting(arena, 65_536, 7)
const { emitted, interpreted } = both(place, arena, emitter, { seed: 1, units: 9, tasks: 2, phases: 2, work: 1e6 })
process.stdout.write(emitted.every((word, at) => word === interpreted[at]) ? "equal" : "different")
if (process.argv[2] === "exit") process.exit(3)
