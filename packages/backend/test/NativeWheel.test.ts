import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { zipSync } from "fflate"
import * as NativeInstaller from "../src/NativeInstaller.ts"
import * as Install from "../src/native/Install.ts"
import type { Command, Machine } from "../src/native/Machine.ts"
import { ownInstallerWay } from "../src/native/OwnInstallerWay.ts"
import * as TfjsNode from "../src/native/TfjsNode.ts"
import type { Wheel } from "../src/native/Wheel.ts"
import { wheelWay } from "../src/native/WheelWay.ts"
import {
  after,
  contents,
  failing,
  machine,
  ok,
  onMachine,
  type Programs,
  temporary,
  writeTfjsNode
} from "./native/FakeMachine.ts"

const text = (value: string) => new TextEncoder().encode(value)
const archive = zipSync({
  "tensorflow/libtensorflow_cc.so.2": text("cc"),
  "tensorflow/libtensorflow_framework.so.2": text("framework"),
  "tensorflow/include/tensorflow/c/c_api.h": text("// c_api"),
  "tensorflow/python/big.so": text("not wanted")
})
const wheel: Wheel = {
  project: "tensorflow-cpu",
  version: "9.8.7",
  python: "311",
  abi: "cp311",
  platformTag: "manylinux_2_27_x86_64",
  bytes: archive.length,
  sha256: createHash("sha256").update(archive).digest("hex")
}

/** pip, g++ and node, as they behave when all is well; `over` answers first. */
const programs =
  (over: Programs = () => undefined, bytes: Uint8Array = archive): Programs =>
  (command) => {
    const answer = over(command)
    if (answer !== undefined) return answer
    if (command.program === process.execPath) return ok("TensorFlow 9.8.7\n")
    if (command.arguments.includes("--version"))
      return ["pip3", "g++"].includes(command.program) ? ok("1.0\n") : undefined
    if (command.program === "pip3") {
      return Effect.as(
        Effect.sync(() => fs.writeFileSync(path.join(after(command, "--dest"), "tensorflow.whl"), bytes)),
        { exitCode: 0, output: "" }
      )
    }
    if (command.program === "g++") {
      return Effect.as(
        Effect.sync(() => fs.writeFileSync(after(command, "-o"), "binary")),
        { exitCode: 0, output: "" }
      )
    }
    return undefined
  }

/** Installs by the wheel alone, on a fake machine. */
const installOn = (fake: Machine, known: Wheel | undefined = wheel) =>
  Effect.gen(function* () {
    const root = yield* temporary
    const directory = writeTfjsNode(root)
    const cache = path.join(root, "cache")
    const tfjsNode = yield* TfjsNode.locate.pipe(onMachine(fake, directory))
    const ways = [wheelWay(fake, tfjsNode, known)]
    const heard: Array<string> = []
    const result = yield* Effect.result(
      NativeInstaller.install({ cache, ways, onProgress: (message) => heard.push(message) })
    ).pipe(onMachine(fake, directory))
    return { result, heard, native: path.join(cache, "native"), ways }
  })

/** The reason of the only way's failure; everything else must be gone. */
const reasonOn = (fake: Machine, known?: Wheel) =>
  Effect.gen(function* () {
    const { result, native } = yield* installOn(fake, known)
    assert.isTrue(result._tag === "Failure")
    assert.deepStrictEqual(contents(native), ["attempts.json"])
    return result._tag === "Failure" ? result.failure.attempts[0]!.reason : ""
  }).pipe(Effect.scoped)

describe("the wheel way", () => {
  it.live("takes the two libraries and the binding, and nothing else, out of what it fetched and compiled", () =>
    Effect.gen(function* () {
      const { result, native } = yield* installOn(machine(programs()))
      assert.isTrue(result._tag === "Success")
      if (result._tag !== "Success") return
      const { install } = result.success
      assert.deepStrictEqual(contents(install.directory), [
        "etude-native.json",
        "hush.node",
        "libtensorflow_cc.so.2",
        "libtensorflow_framework.so.2",
        "signals.node",
        "tfjs_binding.node"
      ])
      assert.strictEqual(fs.readFileSync(path.join(install.directory, "libtensorflow_cc.so.2"), "utf8"), "cc")
      assert.deepStrictEqual(yield* Install.verify(install), [])
      assert.strictEqual(contents(native).length, 2)
    }).pipe(Effect.scoped)
  )

  it.live("asks pip for exactly the pinned wheel, whatever Python pip runs on", () =>
    Effect.gen(function* () {
      const commands: Array<Command> = []
      yield* installOn(
        machine(
          programs((command) => {
            commands.push(command)
            return undefined
          })
        )
      )
      const download = commands.find((command) => command.arguments.includes("download"))!
      assert.deepStrictEqual(download.arguments.slice(0, 2), ["download", "tensorflow-cpu==9.8.7"])
      assert.deepStrictEqual(
        ["--implementation", "--python-version", "--abi", "--platform"].map((option) => after(download, option)),
        ["cp", "311", "cp311", "manylinux_2_27_x86_64"]
      )
      assert.include(download.arguments, "--no-cache-dir")
    }).pipe(Effect.scoped)
  )

  it.live("says that there is no pip", () =>
    Effect.gen(function* () {
      const noPip = machine((command) => (command.program === "g++" ? ok("g++ 12") : undefined))
      assert.strictEqual(
        yield* reasonOn(noPip),
        "no pip was found (tried python3 -m pip, python -m pip, pip3, pip); install Python 3 with pip"
      )
    })
  )

  it.live("without a compiler says so before anything is downloaded", () =>
    Effect.gen(function* () {
      const noCompiler = machine((command) => {
        if (command.arguments.includes("download")) return Effect.die("it was downloaded")
        return command.program === "pip3" ? ok("pip 25") : undefined
      })
      assert.strictEqual(
        yield* reasonOn(noCompiler),
        "no C++ compiler was found (tried g++, c++, clang++); install one, such as the g++ package, or set CXX"
      )
    })
  )

  it.live("uses the compiler that CXX names and no other", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* reasonOn(machine(programs(), { CXX: "my-c++" })),
        "no C++ compiler was found (tried my-c++); install one, such as the g++ package, or set CXX"
      )
    })
  )

  it.live("throws a wheel with another checksum away", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOn(machine(programs(undefined, text("altered"))))
      const found = createHash("sha256").update("altered").digest("hex")
      assert.strictEqual(
        reason,
        `the downloaded tensorflow.whl has SHA-256 ${found}, expected ${wheel.sha256}; it was deleted`
      )
    })
  )

  it.live("tells what pip said when it fails", () =>
    Effect.gen(function* () {
      const offline = programs((command) =>
        command.arguments.includes("download")
          ? failing("Looking in links\nERROR: No matching distribution found\n")
          : undefined
      )
      assert.strictEqual(
        yield* reasonOn(machine(offline)),
        "pip ended with exit code 1: ERROR: No matching distribution found"
      )
    })
  )

  it.live("tells what the compiler said when it fails", () =>
    Effect.gen(function* () {
      const missingHeader = programs((command) =>
        command.program === "g++" && command.arguments.includes("-shared")
          ? failing(
              "In file included from x\nb.cc:1:10: fatal error: napi.h: No such file or directory\ncompilation terminated.\n"
            )
          : undefined
      )
      assert.strictEqual(
        yield* reasonOn(machine(missingHeader)),
        "g++ ended with exit code 1: b.cc:1:10: fatal error: napi.h: No such file or directory"
      )
    })
  )

  it.live("says that a wheel lacks a library", () =>
    Effect.gen(function* () {
      const lacking = zipSync({ "tensorflow/libtensorflow_cc.so.2": text("cc") })
      const known = { ...wheel, sha256: createHash("sha256").update(lacking).digest("hex") }
      assert.strictEqual(
        yield* reasonOn(machine(programs(undefined, lacking)), known),
        "the wheel contains no libtensorflow_framework.so.2"
      )
    })
  )

  it.live("says that no wheel is known for a platform, or that the C library is another", () =>
    Effect.gen(function* () {
      const other = { ...machine(programs()), platform: "freebsd" }
      const reason = yield* Effect.gen(function* () {
        const tfjsNode = { directory: "", version: "4.22.0", sources: "" }
        const workspace = { directory: "", scratch: "", onProgress: () => {} }
        return (yield* Effect.flip(wheelWay(other, tfjsNode, undefined).build(workspace))).reason
      })
      assert.strictEqual(reason, "no wheel of TensorFlow is known for freebsd on x64")
      assert.strictEqual(
        yield* reasonOn({ ...machine(programs()), glibc: () => undefined }),
        "TensorFlow's wheels need glibc, and this Linux has another C library"
      )
    })
  )

  it.live("an interrupted download leaves nothing behind", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const begun = yield* Deferred.make<void>()
      const hanging = machine(
        programs((command) => {
          if (!command.arguments.includes("download")) return undefined
          fs.writeFileSync(path.join(command.env!["TMPDIR"]!, "partial.whl"), "half")
          return Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)
        })
      )
      const tfjsNode = yield* TfjsNode.locate.pipe(onMachine(hanging, writeTfjsNode(root)))
      const running = NativeInstaller.install({ cache: root, ways: [wheelWay(hanging, tfjsNode, wheel)] })
      yield* Effect.raceFirst(running.pipe(onMachine(hanging)), Deferred.await(begun))
      assert.deepStrictEqual(contents(path.join(root, "native")), [])
    }).pipe(Effect.scoped)
  )

  it("has another key for other sources, another wheel or another platform", () => {
    const fake = machine(programs())
    const tfjsNode = { directory: "", version: "4.22.0", sources: "a" }
    const keys = [
      wheelWay(fake, tfjsNode, wheel).key,
      wheelWay(fake, { ...tfjsNode, sources: "b" }, wheel).key,
      wheelWay(fake, tfjsNode, { ...wheel, sha256: "c" }).key,
      wheelWay({ ...fake, arch: "arm64" }, tfjsNode, wheel).key
    ]
    assert.strictEqual(new Set(keys).size, 4)
    assert.match(keys[0]!, /^tensorflow-9\.8\.7-linux-x64-napi8-[0-9a-f]{12}$/)
  })
})

describe("tfjs-node's own installer", () => {
  const tfjsNode = () => TfjsNode.locate

  it.live("runs on a copy, and what it made is kept where its binding expects it", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const package_ = yield* tfjsNode()
      const before = fs.statSync(path.join(package_.directory, "package.json")).mtimeMs
      const directory = path.join(root, "install")
      fs.mkdirSync(directory)
      const fake = machine((command) => {
        assert.strictEqual(command.directory, directory)
        for (const file of ["lib/napi-v8/tfjs_binding.node", "deps/lib/libtensorflow.so.2"]) {
          fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true })
          fs.writeFileSync(path.join(directory, file), "binary")
        }
        fs.writeFileSync(path.join(directory, "package.json"), "{}")
        return ok()
      })
      const workspace = { directory, scratch: path.join(root, "scratch"), onProgress: () => {} }
      assert.strictEqual(yield* ownInstallerWay(fake, package_).build(workspace), "lib/napi-v8/tfjs_binding.node")
      assert.deepStrictEqual(Install.listFiles(directory), [
        "deps/lib/libtensorflow.so.2",
        "lib/napi-v8/tfjs_binding.node"
      ])
      assert.strictEqual(fs.statSync(path.join(package_.directory, "package.json")).mtimeMs, before)
    }).pipe(Effect.scoped)
  )

  it.live("that fails tells what it said", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const directory = path.join(root, "install")
      fs.mkdirSync(directory)
      const workspace = { directory, scratch: path.join(root, "scratch"), onProgress: () => {} }
      const fake = machine(() => failing("throw er;\nError: getaddrinfo ENOTFOUND example.org\n"))
      const error = yield* Effect.flip(ownInstallerWay(fake, yield* tfjsNode()).build(workspace))
      assert.strictEqual(error.reason, "it ended with exit code 1: Error: getaddrinfo ENOTFOUND example.org")
    }).pipe(Effect.scoped)
  )
})
