/** Files of checkpoints that Etude did not write: each is refused in words, by its name, and soon. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Documents from "../src/Documents.ts"
import * as FileStore from "../src/FileStore.ts"
import { sha256 } from "../src/Hasher.ts"
import * as Json from "../src/Json.ts"
import * as Manifest from "../src/Manifest.ts"
import * as NodeStorage from "../src/NodeStorage.ts"
import * as Safetensors from "../src/Safetensors.ts"

const whole = path.join(import.meta.dirname, "../fixtures/format-1/whole")
const id = "epoch-0002-batch-00001-step-0000007-attempt-01"
const document = (file: string) =>
  Json.parse(readFileSync(path.join(whole, id, file))) as { readonly [key: string]: Schema.Json }

/** With a checksum that fits: random damage has none, and whoever writes a file can make one. */
const manifestOf = (content: { readonly [key: string]: Schema.Json }) => {
  const { checksum: _, ...rest } = content
  return Json.bytes({ ...rest, checksum: sha256(Json.bytes(rest)) })
}
/** As JSON text says it: a literal would set the prototype. */
const withKey = (content: object, key: string, value: Schema.Json): { readonly [key: string]: Schema.Json } =>
  Object.fromEntries([...Object.entries(content).filter(([name]) => name !== key), [key, value]])

type Decode = (content: { readonly [key: string]: Schema.Json }) => Result.Result<unknown, string>

const decoders: ReadonlyArray<readonly [file: "manifest.json" | "state.json" | "description.json", decode: Decode]> = [
  ["manifest.json", (content) => Manifest.decode(manifestOf(content))],
  ["state.json", (content) => Documents.decodeState(Json.bytes(content))],
  ["description.json", (content) => Documents.decodeDescription(Json.bytes(content))]
]

const nested = (levels: number): Schema.Json => {
  let value: Schema.Json = null
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

describe("a document of a checkpoint", () => {
  for (const [file, decode] of decoders) {
    it(`(${file}) whose version is no version that is known is refused`, () => {
      for (const version of [
        "constructor",
        "__proto__",
        "toString",
        "0",
        "1",
        -1,
        0.5,
        1e300,
        null,
        true,
        [],
        {},
        [0],
        "x".repeat(9999)
      ]) {
        const result = decode(withKey(document(file), "version", version as Schema.Json))
        assert.isTrue(Result.isFailure(result), JSON.stringify(version))
        if (Result.isFailure(result)) assert.isBelow(result.failure.length, 400)
      }
    })

    it(`(${file}) that is nested too deeply is refused`, () => {
      const text = `{"version":1,"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
      const parsed = decode(withKey(document(file), "deep", nested(300)))
      assert.deepStrictEqual(Result.isFailure(parsed) ? parsed.failure : "", "is nested too deeply")
      const raw: { readonly [name in typeof file]: (bytes: Uint8Array) => Result.Result<unknown, string> } = {
        "manifest.json": Manifest.decode,
        "state.json": Documents.decodeState,
        "description.json": Documents.decodeDescription
      }
      assert.isTrue(Result.isFailure(raw[file](new TextEncoder().encode(text))))
    })

    it(`(${file}) of which a drawn part is another value is read or refused in words`, () => {
      const values: ReadonlyArray<Schema.Json> = [
        null,
        -1,
        1e308,
        "constructor",
        "__proto__",
        [],
        {},
        [[]],
        true,
        "NaN",
        nested(50)
      ]
      const content = document(file)
      const keys = [...Object.keys(content), "__proto__", "constructor"]
      for (let draw = 0; draw < 150; draw++) {
        const [a, b] = Rng.uniforms(Rng.key(draw), 2)
        const key = keys[Math.floor(a! * keys.length)]!
        const result = decode(withKey(content, key, values[Math.floor(b! * values.length)]!))
        if (Result.isFailure(result)) assert.isAbove(result.failure.length, 0)
      }
      assert.isUndefined(({} as { readonly version?: unknown }).version)
    })
  }
})

describe("a safetensors file", () => {
  const file = (header: string, data = 0) => {
    const text = new TextEncoder().encode(header)
    const bytes = new Uint8Array(8 + text.length + data)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
    bytes.set(text, 8)
    return bytes
  }

  it("whose header says what can't be is refused, and nothing is made of the size that it states", () => {
    for (const header of [
      '{"a":{"dtype":"F32","shape":[1e15],"data_offsets":[0,4e15]}}',
      '{"a":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}',
      '{"a":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}',
      '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
      '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      `{"a":${"[".repeat(300)}${"]".repeat(300)}}`,
      `{"a":{"dtype":${"[".repeat(300)}${"]".repeat(300)}}}`,
      `{"a":{"dtype":"${"x".repeat(5000)}"}}`,
      "[]",
      "null",
      '{"__metadata__":{"a":1}}'
    ]) {
      const result = Safetensors.decode(file(header), "bad.safetensors")
      assert.isTrue(Result.isFailure(result), header.slice(0, 80))
      if (Result.isFailure(result)) assert.isBelow(result.failure.message.length, 400)
    }
  })

  it("of drawn bytes is read or refused", () => {
    const good = Safetensors.encode({ a: { dtype: "float32", shape: [2], values: Float32Array.of(1, 2) } })
    for (let draw = 0; draw < 300; draw++) {
      const bytes = good.slice(0, good.length - (draw % 5))
      const [place, value] = Rng.uniforms(Rng.key(draw), 2)
      bytes[Math.floor(place! * bytes.length)] = Math.floor(value! * 256)
      const result = Safetensors.decode(bytes, "bad.safetensors")
      if (Result.isFailure(result)) assert.include(result.failure.message, "bad.safetensors")
    }
  })
})

/** Two checkpoints, the newer of which is changed. */
const latestWhere = (damage: (newer: string) => void) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(path.join(tmpdir(), "etude-bad-"))),
      (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
    )
    const newer = path.join(folder, id.replace("0000007", "0000008"))
    cpSync(path.join(whole, id), path.join(folder, id), { recursive: true })
    cpSync(path.join(whole, id), newer, { recursive: true })
    const manifest = withKey(withKey(document("manifest.json"), "id", path.basename(newer)), "step", 8)
    writeFileSync(path.join(newer, "manifest.json"), manifestOf(manifest))
    damage(newer)
    const store = yield* FileStore.make({ folder }).pipe(Effect.provide(NodeStorage.layer))
    const { saved, passedOver } = Option.getOrThrow(yield* store.latest)
    return { id: saved.id, reasons: passedOver.map(({ file, reason }) => `${file} ${reason}`) }
  }).pipe(Effect.scoped)

describe("a checkpoint that can't be read", () => {
  it.effect("because a file of it is a folder is passed over, and the reason named", () =>
    Effect.gen(function* () {
      const found = yield* latestWhere((newer) => {
        rmSync(path.join(newer, "state.json"))
        mkdirSync(path.join(newer, "state.json"))
      })
      assert.strictEqual(found.id, id)
      assert.match(found.reasons[0]!, /^state\.json cannot be read: it is a folder, not a file$/)
    })
  )

  // Root may read everything.
  it.effect.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "because a file of it may not be read is passed over, and the reason named",
    () =>
      Effect.gen(function* () {
        const found = yield* latestWhere((newer) => chmodSync(path.join(newer, "model.safetensors"), 0))
        assert.strictEqual(found.id, id)
        assert.match(found.reasons[0]!, /^model\.safetensors cannot be read: permission is denied$/)
      })
  )

  it.effect("because its version is a name that every object has is passed over", () =>
    Effect.gen(function* () {
      const found = yield* latestWhere((newer) => {
        writeFileSync(
          path.join(newer, "manifest.json"),
          manifestOf(withKey(document("manifest.json"), "version", "__proto__"))
        )
      })
      assert.strictEqual(found.id, id)
      assert.match(found.reasons[0]!, /^manifest\.json has version "__proto__", and this @etude\/checkpoint reads 0, 1/)
    })
  )
})
