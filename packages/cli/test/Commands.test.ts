/** The commands that look and don't train. */
import { readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Doctor from "@etude/backend/Doctor"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { meanings } from "../src/ExitCode.ts"
import { etude, fixtures, line, temporary } from "./support/etude.ts"
import { additions, install, named } from "./support/plugins.ts"

describe.concurrent("etude", () => {
  it.live("--help tells every exit code", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* etude(["--help"])
      assert.strictEqual(code, 0)
      for (const [number, meaning] of Object.entries(meanings)) assert.include(stdout, `${number}  ${meaning}`)
    })
  )

  it.live("--version is the package's", () =>
    Effect.gen(function* () {
      const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
      const { stdout } = yield* etude(["--version"])
      assert.include(stdout, version)
    })
  )

  for (const [document, key] of [
    ["run", "train"],
    ["report", "history"]
  ] as const) {
    it.live(`config schema ${document} is a JSON Schema that knows ${key}`, () =>
      Effect.gen(function* () {
        const { code, stdout } = yield* etude(["config", "schema", document])
        const schema = JSON.parse(stdout)
        assert.strictEqual(code, 0)
        assert.strictEqual(schema.$schema, "https://json-schema.org/draft/2020-12/schema")
        assert.property(schema.properties, key)
      })
    )
  }

  it.live("config schema events holds every event", () =>
    Effect.gen(function* () {
      const schema = JSON.parse((yield* etude(["config", "schema", "events"])).stdout)
      const tags = schema.anyOf.flatMap((one: any) => one.properties._tag.enum ?? [one.properties._tag.const]) // any: JSON
      assert.includeMembers(tags, ["RunStarted", "StepLogged", "Tested", "RunEnded"])
    })
  )

  it.live("config schema --use puts the experiment's options in their place", () =>
    Effect.gen(function* () {
      const { stdout } = yield* etude(["config", "schema", "--use", "./line.ts"])
      assert.property(JSON.parse(stdout).properties.options.properties, "slope")
    })
  )

  it.live("config schema of a config knows its experiment's options and all that its plugins add", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const sampler =
        'samplers: [{ tag: "Backwards", schema: Schema.TaggedStruct("Backwards", {}), make: () => ({}) }],'
      install(folder, {
        "@test/additions": { module: additions().replace("optimizers:", `${sampler} optimizers:`) },
        "@test/named": { module: named() }
      })
      const file = path.join(folder, "config.yaml")
      const use = JSON.stringify(path.join(fixtures, "line.ts"))
      writeFileSync(file, `use: ${use}\nplugins: [{ use: "@test/additions" }, { use: "@test/named" }]\ntrain: 7\n`)
      const { code, stdout, stderr } = yield* etude(["config", "schema", file])
      assert.strictEqual(code, 0, stderr)
      const { $defs, properties } = JSON.parse(stdout)
      const whole = (node: any): any => ({ ...node, ...$defs[node.$ref?.split("/").at(-1)] }) // any: JSON
      assert.property(whole(properties.options).properties, "slope")
      assert.property(whole(properties.callbacks).properties, "stopAt")
      const train = whole(properties.train).properties
      for (const [node, tag] of [
        [train.optimizer, "SignDescent"],
        [train.learningRate, "InverseSqrt"],
        [train.gradients.items, "SignDescentHalved"],
        [train.sampler, "Backwards"],
        [properties.loss, "SignDescentQuartic"]
      ]) {
        assert.include(JSON.stringify(whole(node)), `${tag}"`)
      }
    })
  )

  it.live("config schema of a config whose plugin is missing says which, and prints nothing", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const file = path.join(folder, "config.yaml")
      writeFileSync(file, 'plugins: [{ use: "@test/none", size: 3 }]\n')
      const { code, stdout, stderr } = yield* etude(["config", "schema", file])
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, "plugins.0.use: The plugin @test/none cannot be loaded")
    })
  )

  it.live("config schema of a word that is no document says which there are", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* etude(["config", "schema", "event"])
      assert.strictEqual(code, 2)
      assert.include(stderr, "expected run, events, report, study or a config file")
    })
  )

  it.live("config check prints the whole config, which checks to itself", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const file = path.join(folder, "config.yaml")
      const where = ["--set", `from=${path.dirname(line)}`]
      const first = yield* etude(["config", "check", line, ...where, "--set", "train.batchSize=4"])
      assert.strictEqual(first.code, 0, first.stderr)
      assert.include(first.stdout, "batchSize: 4")
      assert.include(first.stdout, "shuffle: true")
      writeFileSync(file, first.stdout)
      const second = yield* etude(["config", "check", file])
      assert.strictEqual(second.stdout, first.stdout)
      const json = yield* etude(["config", "check", file, "--json"])
      writeFileSync(file, json.stdout)
      assert.strictEqual((yield* etude(["config", "check", file, "--json"])).stdout, json.stdout)
    })
  )

  it.live(
    "config check takes a JSON file that names its schema for editors, as every other key that a config has",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const file = path.join(folder, "config.json")
        writeFileSync(
          file,
          JSON.stringify({ $schema: "./run.schema.json", use: "./line.ts", from: path.dirname(line) })
        )
        const { code, stdout, stderr } = yield* etude(["config", "check", file, "--json"])
        assert.strictEqual(code, 0, stderr)
        assert.strictEqual(JSON.parse(stdout).$schema, "./run.schema.json")
      })
  )

  it.live("doctor --json is a report of its schema, whatever the machine has", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { code, stdout } = yield* etude(["doctor", "--json"], { env: { ETUDE_CACHE: folder } })
      const report = Schema.decodeUnknownSync(Doctor.Report)(JSON.parse(stdout))
      assert.strictEqual(code, 0)
      assert.strictEqual(report.cache, folder)
      assert.strictEqual(report.chosen, "wasm")
    })
  )

  it.live("doctor fails, with the reason, where the environment asks for what is not there", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { code, stdout } = yield* etude(["doctor"], { env: { ETUDE_CACHE: folder, ETUDE_BACKEND: "native" } })
      assert.strictEqual(code, 4)
      assert.include(stdout, "native is not available: its library is not set up")
    })
  )

  it.live("backend install that finds no way leaves nothing, says what was tried, and exits 4", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { code, stderr, stdout } = yield* etude(["backend", "install"], {
        env: { ETUDE_CACHE: path.join(folder, "cache"), PATH: folder, npm_config_offline: "true" }
      })
      assert.strictEqual(code, 4, stderr)
      assert.include(stderr, "The native library could not be set up")
      assert.include(stderr, "Training works without it, on WASM")
      assert.strictEqual(stdout, "")
    })
  )
})
