/** The native emitter where this machine has a compiler for it; elsewhere its tests are passed over, and say why. */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Command from "../../src/native/Command.ts"
import * as NativeCompiler from "../../src/native/NativeCompiler.ts"

const root = fs.mkdtempSync(path.join(tmpdir(), "etude-native-"))
process.on("exit", () => fs.rmSync(root, { recursive: true, force: true }))

/** A folder that goes with the process. */
export const temporary = (): string => fs.mkdtempSync(path.join(root, "t-"))

/** One cache for all tests of a file. */
export const cache = temporary()

const found = Effect.runSync(Effect.result(NativeCompiler.find({ cache, run: Command.blocking })))

/** Why there is no native code here; `undefined` where there is. */
export const unavailable: string | undefined = found._tag === "Failure" ? found.failure.message : undefined
if (unavailable !== undefined) console.log(`Tests of native code are passed over: ${unavailable}`)
