/** What may go wrong between a program and its native code; the caller hears of it, and nothing else happens. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as NativeCompiler from "../../src/native/NativeCompiler.ts"
import { targetOf } from "../../src/native/Toolchain.ts"
import * as CodeInterpreter from "../support/CodeInterpreter.ts"
import { dependentPhases, resultsOf } from "../support/CodeShapes.ts"
import { temporary, unavailable } from "../support/nativeCode.ts"

const program = (script: string): string => {
  const file = path.join(temporary(), "fake-cc")
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`)
  fs.chmodSync(file, 0o755)
  return file
}

/** A compiler in sh that answers what it is asked about the machine. It is to write `$out`. */
const fake = (script: string): string =>
  program(`
case "$1" in --version|-march*|-mcpu*) exec cc "$@";; esac
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
${script}`)

/** Compiles two phases' worth of work, and runs it. */
const attempt = Effect.fnUntraced(function* (options: NativeCompiler.CompilerOptions) {
  const compiler = yield* NativeCompiler.find(options)
  const arena = CodeInterpreter.arena()
  const sample = dependentPhases(arena, compiler.target.lanes, 2)
  const [executable] = yield* compiler.compile([sample.program], arena.memory, 2)
  executable!.run()
  executable!.release()
  return { compiler, bits: resultsOf(arena, sample) }
})

const problemOf = (options: NativeCompiler.CompilerOptions) =>
  attempt(options).pipe(
    Effect.flip,
    Effect.map((error) =>
      error._tag === "NativeUnavailable" ? [error.problem, error.reason] : [error._tag, error.reason]
    )
  )

/** Calls that reached the compiler, beyond its two probes. */
const counting = (log: string): string =>
  program(`case "$*" in *-shared*|*-bundle*) echo >> ${log};; esac; exec cc "$@"`)
const calls = (log: string): number => (fs.existsSync(log) ? fs.readFileSync(log, "utf8").length : 0)

const filesOf = (cache: string) => fs.readdirSync(cache).sort()

it.effect("a compiler that is missing is named, with what to install", () =>
  Effect.gen(function* () {
    const [problem, reason] = yield* problemOf({ cache: temporary(), compilers: ["no-such-cc", "/nowhere/gcc"] })
    assert.strictEqual(problem, "compilerMissing")
    assert.match(reason!, /^no C compiler was found \(tried no-such-cc, \/nowhere\/gcc\)\. Install a C compiler/)
  })
)

it("vectors are those of the processor, and there are none without fused multiply-add", () => {
  const macros = (...names: ReadonlyArray<string>) => names.map((name) => `#define ${name} 1\n`).join("")
  assert.deepStrictEqual(targetOf(macros("__AVX512F__", "__AVX512DQ__", "__AVX2__", "__FMA__"))?.lanes, 16)
  assert.deepStrictEqual(targetOf(macros("__AVX2__", "__FMA__")), { lanes: 8, registers: 16 })
  assert.deepStrictEqual(targetOf(macros("__ARM_NEON", "__aarch64__")), { lanes: 4, registers: 32 })
  assert.isUndefined(targetOf(macros("__SSE2__", "__AVX2__")))
})

describe.skipIf(unavailable !== undefined)("compilers", () => {
  it.effect("the next one is tried where the first is missing or broken", () =>
    Effect.gen(function* () {
      const { compiler } = yield* attempt({ cache: temporary(), compilers: ["no-such-cc", program("exit 1"), "cc"] })
      assert.notStrictEqual(compiler.version, "")
    })
  )

  for (const [name, script, problem, reason] of [
    [
      "that fails says why",
      `echo "x.c:1: error: no space" >&2; exit 1`,
      "compilerFailed",
      /exit code 1: x\.c:1: error: no/
    ],
    ["that a signal ends has failed", "kill -9 $$", "compilerFailed", /exit code -1/],
    ["that hangs is killed", "sleep 100 & wait", "compilerHung", /did not end within 1 s/],
    ["that writes nothing has lied", "exit 0", "compilerLied", /wrote nothing/],
    ["that writes something else has lied", `echo hello > "$out"`, "compilerLied", /cannot be used/],
    [
      "that makes another library has lied",
      `echo "int x;" > "$out.c"; cc -shared -fPIC -o "$out" "$out.c"`,
      "compilerLied",
      /cannot be used/
    ]
  ] as const) {
    it.effect(`one ${name}`, () =>
      Effect.gen(function* () {
        const cache = temporary()
        const found = yield* problemOf({ cache, compilers: [fake(script)], seconds: name.includes("hangs") ? 1 : 60 })
        assert.strictEqual(found[0], problem)
        assert.match(found[1]!, reason)
        // Nothing is left that a later run would take for its program.
        assert.deepStrictEqual(
          filesOf(cache).filter((file) => !file.endsWith(".node")),
          []
        )
      })
    )
  }

  it.effect("Clang is not asked for what only GCC knows", () =>
    Effect.gen(function* () {
      const clang = program(`case "$*" in
*-fno-predictive-commoning*) echo "clang: error: unknown argument" >&2; exit 1;;
*-dM*) cc "$@"; echo "#define __clang__ 14";;
*) exec cc "$@";;
esac`)
      const { compiler } = yield* attempt({ cache: temporary(), compilers: [clang] })
      assert.isAbove(compiler.target.lanes, 1)
    })
  )

  it.effect("one that is interrupted is killed, and leaves nothing", () =>
    Effect.gen(function* () {
      const [cache, mark] = [temporary(), path.join(temporary(), "ended")]
      const fiber = yield* Effect.forkChild(attempt({ cache, compilers: [fake(`sleep 2; echo > ${mark}`)] }))
      while (!fs.existsSync(cache) || filesOf(cache).length === 0) {
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
      }
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(filesOf(cache), [])
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2500)))
      assert.isFalse(fs.existsSync(mark))
    })
  )
})

describe.skipIf(unavailable !== undefined)("the cache of native code", () => {
  it.effect("compiles once", () =>
    Effect.gen(function* () {
      const [cache, log] = [temporary(), path.join(temporary(), "calls")]
      const options = { cache, compilers: [counting(log)] }
      const [first, second] = [yield* attempt(options), yield* attempt(options)]
      assert.strictEqual(calls(log), 1)
      assert.deepStrictEqual(second.bits, first.bits)
    })
  )

  it.effect("compiles again what was altered, cut short or lost", () =>
    Effect.gen(function* () {
      const [cache, log] = [temporary(), path.join(temporary(), "calls")]
      const options = { cache, compilers: [counting(log)] }
      const { bits } = yield* attempt(options)
      const addon = path.join(cache, filesOf(cache).find((file) => file.endsWith(".node"))!)
      const entry = path.join(cache, filesOf(cache).find((file) => file.endsWith(".json"))!)
      const bytes = fs.readFileSync(addon)
      const altered = Buffer.from(bytes)
      altered[altered.length - 100]! ^= 1
      const rewrite = (file: string, content: Uint8Array | string) => {
        fs.rmSync(file, { force: true })
        fs.writeFileSync(file, content)
      }
      const damages = [
        () => rewrite(addon, altered),
        () => rewrite(addon, bytes.subarray(0, 1000)),
        () => fs.rmSync(addon),
        () => rewrite(entry, "{"),
        () => rewrite(entry, JSON.stringify({ format: 1, file: "../evil.node", sha256: "0" })),
        () => fs.rmSync(entry)
      ]
      for (const [index, damage] of damages.entries()) {
        damage()
        assert.deepStrictEqual((yield* attempt(options)).bits, bits)
        assert.strictEqual(calls(log), index + 2)
      }
    })
  )

  it.effect("is not asked where it cannot be written, and says so", () =>
    Effect.gen(function* () {
      const file = path.join(temporary(), "a file")
      fs.writeFileSync(file, "")
      const [problem, reason] = yield* problemOf({ cache: path.join(file, "cache") })
      assert.strictEqual(problem, "cacheUnusable")
      assert.match(reason!, /^the cache cannot be written: E/)
    })
  )

  it.effect("says that it is full", () =>
    Effect.gen(function* () {
      const full = `echo "ld: error: No space left on device" >&2; exit 1`
      const [problem, reason] = yield* problemOf({ cache: temporary(), compilers: [fake(full)] })
      assert.strictEqual(problem, "compilerFailed")
      assert.include(reason!, "No space left on device")
    })
  )

  it.live("serves two processes that compile the same at the same time", () =>
    Effect.gen(function* () {
      const cache = temporary()
      const script = fileURLToPath(new URL("compileOnce.ts", import.meta.url))
      const child = Effect.promise(
        () =>
          new Promise<string>((resolve) => {
            const options = ["--conditions=@etude/source", script, cache]
            const started = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] })
            let output = ""
            started.stdout.setEncoding("utf8").on("data", (part) => {
              output += part
            })
            started.on("close", (code) => resolve(`${code} ${output.trim()}`))
          })
      )
      const [first, second] = yield* Effect.all([child, child], { concurrency: "unbounded" })
      assert.match(first, /^0 [0-9a-f]{64}$/)
      assert.strictEqual(second, first)
      assert.deepStrictEqual(
        filesOf(cache).filter((file) => file.startsWith(".")),
        []
      )
      assert.lengthOf(
        filesOf(cache).filter((file) => file.endsWith(".json")),
        1
      )
    })
  )
})
