import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { hostname } from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as NativeInstaller from "../src/NativeInstaller.ts"
import * as Install from "../src/native/Install.ts"
import { type Way, WayFailed } from "../src/native/Way.ts"
import { contents, machine, ok, onMachine, temporary } from "./native/FakeMachine.ts"

const loads = machine(({ program }) => (program === process.execPath ? ok("TensorFlow 9.8.7\n") : undefined))
const loadsNot = machine(() => Effect.succeed({ exitCode: 132, output: "Illegal instruction" }))

const working = (bytes = "library"): Way => ({
  name: "working",
  key: "tensorflow-9.8.7-linux-x64",
  build: ({ directory }) =>
    Effect.sync(() => {
      fs.mkdirSync(path.join(directory, "deps"))
      fs.writeFileSync(path.join(directory, "deps", "lib.so"), bytes)
      fs.writeFileSync(path.join(directory, "binding.node"), "binding")
      return "binding.node"
    })
})
const broken: Way = { name: "broken", key: "broken", build: () => Effect.fail(new WayFailed({ reason: "it rained" })) }

const native = (cache: string) => path.join(cache, "native")
const installed = "tensorflow-9.8.7-linux-x64"

describe("NativeInstaller", () => {
  it.live("a way that works becomes an install that names every file with its size and checksum", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const { install, alreadyThere, attempts } = yield* NativeInstaller.install({ cache, ways: [working("abc")] })
      assert.isFalse(alreadyThere)
      assert.deepStrictEqual(attempts, [])
      assert.strictEqual(install.directory, path.join(native(cache), installed))
      assert.strictEqual(install.manifest.tensorflow, "9.8.7")
      assert.deepStrictEqual(install.manifest.files[1], {
        path: "deps/lib.so",
        bytes: 3,
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      })
      assert.deepStrictEqual(contents(native(cache)), ["attempts.json", installed])
      assert.deepStrictEqual(yield* Install.verify(install), [])
      assert.deepStrictEqual(yield* NativeInstaller.find({ cache, ways: [working()] }), Option.some(install))
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("an install that is there is given back, and no way is tried", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const first = yield* NativeInstaller.install({ cache, ways: [working()] })
      const never: Way = { ...working(), build: () => Effect.die("a way was tried") }
      const second = yield* NativeInstaller.install({ cache, ways: [never] })
      assert.isTrue(second.alreadyThere)
      assert.deepStrictEqual(second.install, first.install)
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("when a way fails the next one is tried, and the reason is kept", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const heard: Array<string> = []
      const onProgress = (message: string) => heard.push(message)
      const result = yield* NativeInstaller.install({ cache, ways: [broken, working()], onProgress })
      assert.strictEqual(result.install.manifest.way, "working")
      const kept = yield* NativeInstaller.attempts({ cache })
      assert.deepStrictEqual(
        kept.map(({ way, reason }) => [way, reason]),
        [["broken", "it rained"]]
      )
      assert.deepStrictEqual(result.attempts, kept)
      assert.include(heard, "broken did not work: it rained")
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("when every way fails the error tells all reasons, and only they are left in the cache", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const error = yield* Effect.flip(
        NativeInstaller.install({ cache, ways: [broken, { ...broken, name: "second" }] })
      )
      assert.strictEqual(
        error.message,
        `The native library could not be set up in ${cache}; nothing was left there. Attempts:\n` +
          "  broken: it rained\n  second: it rained\n" +
          "Training works without it, on WASM, about four times slower."
      )
      assert.deepStrictEqual(contents(native(cache)), ["attempts.json"])
      assert.strictEqual((yield* NativeInstaller.attempts({ cache })).length, 2)
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("a later success clears the reasons", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      yield* Effect.flip(NativeInstaller.install({ cache, ways: [broken] }))
      yield* NativeInstaller.install({ cache, ways: [working()] })
      assert.deepStrictEqual(yield* NativeInstaller.attempts({ cache }), [])
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("a library that does not load is not installed", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const error = yield* Effect.flip(NativeInstaller.install({ cache, ways: [working()] }))
      assert.strictEqual(
        error.attempts[0]!.reason,
        "the library was built, but can't be loaded (exit code 132): Illegal instruction"
      )
      assert.deepStrictEqual(contents(native(cache)), ["attempts.json"])
    }).pipe(Effect.scoped, onMachine(loadsNot))
  )

  it.live("an interrupted install leaves nothing behind", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const begun = yield* Deferred.make<void>()
      const hanging: Way = {
        ...working(),
        build: (workspace) =>
          working()
            .build(workspace)
            .pipe(Effect.andThen(Deferred.succeed(begun, undefined)), Effect.andThen(Effect.never))
      }
      const running = NativeInstaller.install({ cache, ways: [hanging] })
      yield* Effect.raceFirst(running, Deferred.await(begun))
      assert.deepStrictEqual(contents(native(cache)), [])
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("two installs at once give one intact install", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const [here, there] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const meeting = (own: Deferred.Deferred<void>, other: Deferred.Deferred<void>): Way => ({
        ...working(),
        build: (workspace) =>
          working()
            .build(workspace)
            .pipe(Effect.tap(() => Effect.andThen(Deferred.succeed(own, undefined), Deferred.await(other))))
      })
      const both = yield* Effect.all(
        [meeting(here, there), meeting(there, here)].map((way) => NativeInstaller.install({ cache, ways: [way] })),
        { concurrency: 2 }
      )
      assert.deepStrictEqual(
        both.map(({ install }) => install.directory),
        [path.join(native(cache), installed), path.join(native(cache), installed)]
      )
      for (const { install } of both) assert.deepStrictEqual(yield* Install.verify(install), [])
      assert.deepStrictEqual(contents(native(cache)), ["attempts.json", installed])
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("an install with a file of another size is made anew", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const { install } = yield* NativeInstaller.install({ cache, ways: [working()] })
      fs.appendFileSync(path.join(install.directory, "deps", "lib.so"), "!")
      assert.deepStrictEqual(yield* NativeInstaller.find({ cache, ways: [working()] }), Option.none())
      const again = yield* NativeInstaller.install({ cache, ways: [working()] })
      assert.isFalse(again.alreadyThere)
      assert.deepStrictEqual(yield* Install.verify(again.install), [])
      assert.deepStrictEqual(contents(native(cache)), ["attempts.json", installed])
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("a flipped bit is reported by its file's name when checksums are compared", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const { install } = yield* NativeInstaller.install({ cache, ways: [working("abc")] })
      fs.writeFileSync(path.join(install.directory, "deps", "lib.so"), "abb")
      const problems = yield* Install.verify(install)
      assert.strictEqual(problems.length, 1)
      assert.match(problems[0]!, /^deps\/lib\.so has SHA-256 \w+, expected ba7816bf/)
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("folders of dead processes are removed, those of living ones stay", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const { pid } = spawnSync(process.execPath, ["--version"])
      const host = hostname().replaceAll(/[^a-zA-Z0-9]/g, "_")
      const living = `.making-${host}-${process.pid}-b`
      for (const name of [`.making-${host}-${pid}-a`, living]) {
        fs.mkdirSync(path.join(native(cache), name, "scratch"), { recursive: true })
      }
      yield* NativeInstaller.install({ cache, ways: [working()] })
      assert.deepStrictEqual(contents(native(cache)), [living, "attempts.json", installed])
    }).pipe(Effect.scoped, onMachine(loads))
  )

  it.live("without tfjs-node the reason and the advice are told", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const error = yield* Effect.flip(NativeInstaller.install({ cache }))
      assert.strictEqual(
        error.attempts[0]!.reason,
        "the package @tensorflow/tfjs-node cannot be used: it is not installed. Add it to your project without its install " +
          "script: `pnpm add @tensorflow/tfjs-node`, or `npm install --ignore-scripts @tensorflow/tfjs-node`."
      )
    }).pipe(Effect.scoped, onMachine(loads))
  )
})
