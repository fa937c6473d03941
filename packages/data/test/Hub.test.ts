import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Csv from "../src/Csv.ts"
import * as Hub from "../src/Hub.ts"
import * as Parquet from "../src/Parquet.ts"
import { commit, type HubServer, refuse, serve } from "./support/hubServer.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { readAt } from "./support/read.ts"

const { folder, remove } = temporaryFolder()
afterAll(remove)

const small = new TextEncoder().encode("a,b\n1,2\n")
const big = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251)
const files = { "data/small.csv": small, "data/train-0.parquet": big, "data/train-1.parquet": big, "README.md": small }

let caches = 0
const options = (hub: HubServer, more: Partial<Hub.HubOptions> = {}): Hub.HubOptions => ({
  repo: "datasets/tiny/set",
  revision: commit,
  endpoint: hub.endpoint,
  cache: path.join(folder, String(caches++)),
  waitSeconds: 0,
  ...more
})

const content = (file: string) => new Uint8Array(fs.readFileSync(file))
const failure = (effect: Effect.Effect<unknown, Hub.HubError>) => Effect.flip(effect)
const large = { path: "data/train-0.parquet" }
const reading = /^GET \/cdn\/data\/train-0\.parquet/

describe("file", () => {
  it.live("gives a file's path in the cache, and asks once for a commit's file", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const wanted = options(hub)
      for (const [name, bytes] of Object.entries(files)) {
        const file = yield* Hub.file({ ...wanted, path: name })
        assert.isTrue(file.endsWith(path.join("snapshots", commit, ...name.split("/"))))
        assert.deepStrictEqual(content(file), bytes)
      }
      const before = hub.requests.length
      assert.deepStrictEqual(content(yield* Hub.file({ ...wanted, ...large })), big)
      assert.strictEqual(hub.requests.length, before)
      // The same content has one file, however many names it has.
      const blobs = fs.readdirSync(
        path.join(wanted.cache!, new URL(hub.endpoint).host.replace(":", "_"), "datasets--tiny--set", "blobs")
      )
      const oid = createHash("sha1").update(`blob ${small.length}\0`).update(small).digest("hex")
      assert.deepStrictEqual(blobs.sort(), [oid, createHash("sha256").update(big).digest("hex")].sort())
    })
  )

  it.live("follows a branch, and takes what was last seen of it where the hub can't be reached", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const wanted = options(hub, { revision: "main", tries: 1 })
      assert.strictEqual(yield* Hub.commit(wanted), commit)
      const file = yield* Hub.file({ ...wanted, ...large })
      hub.trouble = (request) => {
        request.socket.destroy()
        return true
      }
      assert.strictEqual(yield* Hub.file({ ...wanted, ...large }), file)
      assert.strictEqual((yield* failure(Hub.file({ ...wanted, path: "README.md" }))).reason, "unreachable")
      const before = hub.requests.length
      assert.strictEqual(yield* Hub.file({ ...wanted, ...large, offline: true }), file)
      const { message } = yield* failure(Hub.file({ ...wanted, path: "README.md", offline: true }))
      assert.match(
        message,
        /^datasets\/tiny\/set@main\/README\.md: not in the cache, and the network is not to be used\./
      )
      assert.strictEqual((yield* failure(Hub.commit({ ...wanted, revision: "v1", offline: true }))).reason, "offline")
      assert.strictEqual(hub.requests.length, before)
    })
  )

  it.live("goes on where the connection broke, again and again", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      hub.body = (bytes) => ({ bytes: bytes.subarray(0, 30_000), breaks: bytes.length > 30_000 })
      const file = yield* Hub.file({ ...options(hub, { tries: 2 }), ...large })
      assert.deepStrictEqual(content(file), big)
      const ranges = hub.requests
        .filter((one) => reading.test(one) && !one.endsWith("bytes=0-0"))
        .map((one) => one.split(" ")[2])
      assert.deepStrictEqual(ranges, [
        undefined,
        ...[30_000, 60_000, 90_000, 120_000, 150_000, 180_000].map((from) => `bytes=${from}-199999`)
      ])
    })
  )

  it.live("starts over where the hub gives no parts of files", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      hub.answersRanges = false
      let times = 0
      hub.body = (bytes) =>
        times++ === 0 ? { bytes: bytes.subarray(0, 50_000), breaks: true } : { bytes, breaks: false }
      assert.deepStrictEqual(content(yield* Hub.file({ ...options(hub), ...large })), big)
      assert.strictEqual(times, 2)
    })
  )

  it.live("says after how many bytes a connection ended that brings no more", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      hub.body = (bytes, from) => ({
        bytes: from < 30_000 ? bytes.subarray(0, 30_000) : bytes.subarray(0, 0),
        breaks: true
      })
      const { reason, message } = yield* failure(Hub.file({ ...options(hub, { tries: 2 }), ...large }))
      assert.strictEqual(reason, "incomplete")
      assert.match(
        message,
        /train-0\.parquet: the connection ended after 30000 of 200000 bytes\. Start again: the download goes on/
      )
    })
  )

  it.live("goes on after an interruption, from the bytes that are there", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const wanted = options(hub)
      const sent = Promise.withResolvers<void>()
      const held = (bytes: Uint8Array) => {
        sent.resolve()
        return { bytes: bytes.subarray(0, 80_000), breaks: false }
      }
      // The server sends a part, and then nothing.
      hub.body = (bytes) => held(bytes)
      const end = hub.trouble
      hub.trouble = (request, response) => {
        if (request.url?.startsWith("/cdn/") && request.headers.range === undefined) response.end = () => response
        return false
      }
      const fiber = yield* Effect.forkChild(Hub.file({ ...wanted, ...large }))
      yield* Effect.promise(() => sent.promise)
      const blobs = path.join(
        wanted.cache!,
        new URL(hub.endpoint).host.replace(":", "_"),
        "datasets--tiny--set",
        "blobs"
      )
      const partSize = () =>
        Math.max(0, ...fs.readdirSync(blobs).map((name) => fs.statSync(path.join(blobs, name)).size))
      while (partSize() < 80_000) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* Fiber.interrupt(fiber)
      hub.trouble = end
      hub.body = (bytes) => ({ bytes, breaks: false })
      const file = yield* Hub.file({ ...wanted, ...large })
      assert.deepStrictEqual(content(file), big)
      assert.strictEqual(hub.requests.at(-1), "GET /cdn/data/train-0.parquet bytes=80000-199999")
      assert.strictEqual(fs.readdirSync(blobs).length, 1)
    })
  )

  it.live("refuses other bytes than announced, with both checksums, and keeps none of them", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const wanted = options(hub)
      hub.body = (bytes) => ({ bytes: bytes.map((byte, index) => (index === 3 ? byte + 1 : byte)), breaks: false })
      const error = yield* failure(Hub.file({ ...wanted, ...large }))
      assert.strictEqual(error.reason, "checksum")
      const sum = createHash("sha256").update(big).digest("hex")
      assert.match(error.found, new RegExp(`^content of SHA-256 [0-9a-f]{64} where ${sum} was announced$`))
      assert.match((yield* failure(Hub.file({ ...wanted, path: "README.md" }))).found, /^content of git's SHA-1/)
      hub.body = (bytes) => ({ bytes, breaks: false })
      assert.deepStrictEqual(content(yield* Hub.file({ ...wanted, ...large })), big)
    })
  )

  it.live("tries a wrong beginning, left by an earlier download, once from the start", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const wanted = options(hub, { tries: 1 })
      let times = 0
      hub.body = (bytes) => {
        if (times++ > 0) return { bytes, breaks: false }
        return { bytes: bytes.subarray(0, 9000).map((byte) => byte ^ 1), breaks: true }
      }
      assert.deepStrictEqual(content(yield* Hub.file({ ...wanted, ...large })), big)
    })
  )

  it.live("takes names that an address writes otherwise", () =>
    Effect.gen(function* () {
      const name = "données/100% #1? &.csv"
      const hub = yield* serve({ [name]: small })
      const file = yield* Hub.file({ ...options(hub), path: name })
      assert.deepStrictEqual([path.basename(file), content(file)], ["100% #1? &.csv", small])
    })
  )

  it.live("gives two that ask at once the same whole file", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const wanted = options(hub)
      const both = yield* Effect.all([Hub.file({ ...wanted, ...large }), Hub.file({ ...wanted, ...large })], {
        concurrency: 2
      })
      assert.strictEqual(both[0], both[1])
      assert.deepStrictEqual(content(both[0]), big)
    })
  )
})

describe("refusals", () => {
  const refused = (status: number, headers: Readonly<Record<string, string>> = {}) =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      hub.trouble = (_, response) => refuse(response, status, headers)
      const { reason, found } = yield* failure(Hub.file({ ...options(hub, { tries: 3 }), ...large }))
      return [reason, found, hub.requests.length]
    })

  it.live("are told apart, and tried again only where that makes sense", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refused(401), ["unauthorized", "the hub wants to know who asks (401)", 1])
      assert.deepStrictEqual(yield* refused(403), ["forbidden", "the hub refuses (403)", 1])
      assert.deepStrictEqual(yield* refused(404, { "x-error-code": "RepoNotFound" }), [
        "missing",
        "no such repository (404)",
        1
      ])
      assert.deepStrictEqual(yield* refused(404, { "x-error-code": "RevisionNotFound" }), [
        "missing",
        "no such revision (404)",
        1
      ])
      assert.deepStrictEqual(yield* refused(429, { "retry-after": "0" }), ["limited", "too many requests (429)", 3])
      assert.deepStrictEqual(yield* refused(429, { "retry-after": "3600" }), ["limited", "too many requests (429)", 1])
      assert.deepStrictEqual(yield* refused(503), ["server", "the hub answers with status 503", 3])
    })
  )

  it.live("that pass are forgotten", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const seen = new Set<string>()
      hub.trouble = (request, response) => {
        const before = seen.size
        seen.add(`${request.method} ${request.url} ${request.headers.range}`)
        return seen.size > before ? refuse(response, seen.size % 2 === 0 ? 500 : 429) : false
      }
      assert.deepStrictEqual(content(yield* Hub.file({ ...options(hub), ...large })), big)
    })
  )

  it.live("of a file that isn't there, and of answers that make no sense", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const { message } = yield* failure(Hub.file({ ...options(hub), path: "data/none.csv" }))
      assert.strictEqual(
        message,
        `datasets/tiny/set@${commit}/data/none.csv: no such file. ` +
          "`Hub.list` shows the files; `Hub.files` takes several by patterns."
      )
      hub.trouble = (_, response) => {
        response.end("<html>")
        return true
      }
      assert.strictEqual((yield* failure(Hub.file({ ...options(hub), ...large }))).reason, "server")
    })
  )

  it.live("by an address where nobody answers, or never does", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      hub.trouble = () => true
      const silent = yield* failure(Hub.file({ ...options(hub, { tries: 1, timeoutSeconds: 0.05 }), ...large }))
      assert.deepStrictEqual([silent.reason, silent.found], ["unreachable", "no answer within 0.05 seconds"])
      const nobody = yield* failure(
        Hub.file({ ...options(hub, { tries: 2, endpoint: "http://127.0.0.1:9" }), ...large })
      )
      assert.strictEqual(nobody.reason, "unreachable")
    })
  )

  it.live("of options that can't be meant", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const invalid = (more: Partial<Hub.FileOptions>) =>
        Effect.map(failure(Hub.file({ ...options(hub), ...large, ...more })), ({ reason, source, message }) => {
          assert.strictEqual(reason, "invalid")
          assert.notInclude(message, "secret")
          return source
        })
      assert.strictEqual(yield* invalid({ repo: "datasets/a/b/c" }), "repo")
      assert.strictEqual(yield* invalid({ repo: "../x" }), "repo")
      assert.strictEqual(yield* invalid({ revision: "" }), "revision")
      assert.strictEqual(yield* invalid({ endpoint: "hub" }), "endpoint")
      assert.strictEqual(yield* invalid({ token: "secret" }), "token")
      for (const escaping of ["../x", "/etc/passwd", "a/../../x", "C:/x", "a\\x", "a//b", ""]) {
        assert.strictEqual(yield* invalid({ path: escaping }), "path")
      }
      assert.strictEqual(hub.requests.length, 0)
    })
  )

  it.live("send the token to the hub alone", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const tokens = new Set<string | undefined>()
      hub.trouble = (request) => {
        tokens.add(request.headers.authorization)
        return false
      }
      yield* Hub.file({ ...options(hub, { token: "hf_secret" }), path: "README.md" })
      assert.deepStrictEqual([...tokens], ["Bearer hf_secret"])
    })
  )
})

describe("files", () => {
  it.live("are those whose paths match, over all pages of the list", () =>
    Effect.gen(function* () {
      const hub = yield* serve(files)
      const wanted = options(hub, { revision: "main" })
      assert.deepStrictEqual(
        (yield* Hub.list(wanted)).map(({ path, size }) => [path, size]),
        Object.entries(files).map(([name, { length }]) => [name, length])
      )
      const parquet = yield* Hub.files({ ...wanted, patterns: "data/*.parquet" })
      assert.deepStrictEqual(
        parquet.map(({ path }) => path),
        ["data/train-0.parquet", "data/train-1.parquet"]
      )
      for (const { file } of parquet) assert.deepStrictEqual(content(file), big)
      assert.strictEqual(hub.count(/^GET \/api\/datasets\/tiny\/set\/tree/), 2)
      const before = hub.requests.length
      const again = yield* Hub.files({ ...wanted, patterns: ["data/*.parquet"], offline: true })
      assert.deepStrictEqual([again, hub.requests.length], [parquet, before])
      const none = yield* failure(Hub.files({ ...wanted, patterns: "*.json" }))
      assert.strictEqual(none.found, "none of its 4 files matches *.json")
    })
  )

  it.live("of tables become datasets", () =>
    Effect.gen(function* () {
      const parquet = fs.readFileSync(new URL("../fixtures/tables/table-snappy.parquet", import.meta.url))
      const csv = new TextEncoder().encode("a,b,kind\n1,2,x\n3,4,y\n")
      const hub = yield* serve({ "train.csv": csv, "train.parquet": new Uint8Array(parquet) })
      const [one, other] = yield* Hub.files({ ...options(hub), patterns: "train.*" })
      const rows = yield* Csv.read(one!.file, { targets: "kind" })
      assert.deepStrictEqual([rows.length, rows.classes], [2, ["x", "y"]])
      assert.deepStrictEqual((yield* readAt(rows, 1)).inputs, Float32Array.of(3, 4))
      const direct = yield* Parquet.read(new Uint8Array(parquet), { inputs: "small" })
      const fromHub = yield* Parquet.read(other!.file, { inputs: "small" })
      assert.deepStrictEqual(yield* readAt(fromHub, 2, 0), yield* readAt(direct, 2, 0))
    })
  )

  it.live("with a path that leaves the folder are refused", () =>
    Effect.gen(function* () {
      const hub = yield* serve({ "../../evil": small, "README.md": small })
      const error = yield* failure(Hub.files({ ...options(hub), patterns: "**" }))
      assert.deepStrictEqual(
        [error.reason, error.found],
        ["invalid", 'the path "../../evil", which would leave the cache\'s folder']
      )
    })
  )
})
