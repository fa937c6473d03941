import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Doctor from "../src/Doctor.ts"
import * as NativeInstaller from "../src/NativeInstaller.ts"
import { WayFailed } from "../src/native/Way.ts"
import { machine, ok, onMachine, temporary, writeTfjsNode } from "./native/FakeMachine.ts"
import { installed, isInstalled } from "./native/Installed.ts"

describe("the doctor", () => {
  it.live("on a bare machine advises pip, a compiler and the installation, and tells what failed", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const bare = machine(() => undefined, { ETUDE_CACHE: cache })
      const report = yield* Effect.gen(function* () {
        const rain = { name: "wheel", key: "k", build: () => Effect.fail(new WayFailed({ reason: "it rained" })) }
        yield* Effect.flip(NativeInstaller.install({ ways: [rain] }))
        return yield* Doctor.report
      }).pipe(onMachine(bare, writeTfjsNode(cache)))
      assert.strictEqual(report.cache, cache)
      assert.strictEqual(report.chosen, "wasm")
      assert.strictEqual(
        report.why,
        "native is not available: its library is not set up; wasm is the fastest one available"
      )
      assert.deepStrictEqual(report.advice, [
        "Install Python 3 with pip: the library is part of a Python wheel.",
        "Install a C++ compiler, such as the g++ package, or set CXX.",
        "Run `etude backend install`."
      ])
      assert.deepStrictEqual(
        [report.python, report.pip, report.compiler, report.native.directory],
        [null, null, null, null]
      )
      assert.include(Doctor.render(report), "wheel failed: it rained")
    }).pipe(Effect.scoped)
  )

  it.live("names the tools that it found", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const equipped = machine(({ program }) => ok(`${program} 1.2\nand more`), { ETUDE_CACHE: cache })
      const report = yield* Doctor.report.pipe(onMachine(equipped, writeTfjsNode(cache)))
      assert.strictEqual(report.python, "python3 1.2")
      assert.strictEqual(report.compiler, "g++ 1.2")
      assert.deepStrictEqual(report.advice, ["Run `etude backend install`."])
    }).pipe(Effect.scoped)
  )

  it.live("without tfjs-node advises the package", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const report = yield* Doctor.report.pipe(onMachine(machine(() => undefined, { ETUDE_CACHE: cache })))
      assert.isNull(report.native.tfjsNode)
      assert.match(report.advice[0]!, /^Add it to your project without its install script/)
    }).pipe(Effect.scoped)
  )

  it.live("an unknown ETUDE_BACKEND is reported, not thrown", () =>
    Effect.gen(function* () {
      const report = yield* Doctor.report.pipe(onMachine(machine(() => undefined, { ETUDE_BACKEND: "gpu" })))
      assert.isNull(report.chosen)
      assert.match(report.why, /^ETUDE_BACKEND is "gpu"/)
    })
  )

  it.live("a report goes through JSON unchanged", () =>
    Effect.gen(function* () {
      const cache = path.join(yield* temporary, "cache")
      const report = yield* Doctor.report.pipe(onMachine(machine(() => undefined, { ETUDE_CACHE: cache })))
      const Json = Schema.fromJsonString(Doctor.Report)
      assert.deepStrictEqual(yield* Schema.decodeEffect(Json)(yield* Schema.encodeEffect(Json)(report)), report)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(!isInstalled)("finds the installed library intact", () =>
    Effect.gen(function* () {
      const report = yield* Doctor.report
      assert.strictEqual(report.native.directory, installed!.directory)
      assert.deepStrictEqual(report.native.problems, [])
      assert.include(Doctor.render(report), `TensorFlow ${installed!.manifest.tensorflow}, intact`)
    })
  )
})
