import { readFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import { createRequire } from "node:module"
import path from "node:path"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { chromium as browserType } from "playwright-core"
import { chromium } from "../../../vitest.chromium.ts"
import type * as Subject from "./support/browserSubject.ts"
import { bytesOf, fixtures } from "./support/imageFixtures.ts"

const require = createRequire(import.meta.url)

/** Where codecs look for their code: beside the script. */
const codecs: { readonly [file: string]: string } = Object.fromEntries(
  [
    "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
    "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
    "@jsquash/webp/codec/dec/webp_dec.wasm"
  ].map((file) => [path.basename(file), require.resolve(file)])
)

const bundle = Effect.promise(() =>
  build({
    entryPoints: [new URL("./support/browserSubject.ts", import.meta.url).pathname],
    ...{ bundle: true, write: false, platform: "browser", format: "esm", logLevel: "error" },
    conditions: ["@etude/source"],
    // Looked for by codecs where they run in Node.
    external: ["fs", "path", "module"]
  })
).pipe(Effect.map(({ outputFiles }) => outputFiles?.[0]?.text ?? ""))

const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">import * as subject from "/script.js"; globalThis.subject = subject</script>`

const serve = (script: string) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<Server>((resolve) => {
          const server = createServer(async ({ url = "/" }, response) => {
            const file = codecs[path.basename(url)]
            const type = file !== undefined ? "application/wasm" : url.endsWith(".js") ? "text/javascript" : "text/html"
            response.writeHead(200, { "content-type": type })
            response.end(file !== undefined ? await readFile(file) : url.endsWith(".js") ? script : page)
          })
          server.listen(0, "127.0.0.1", () => resolve(server))
        })
    ),
    (server) => Effect.sync(() => server.close())
  )

const open = Effect.acquireRelease(
  Effect.promise(() => browserType.launch({ executablePath: chromium() ?? "", args: ["--no-sandbox"] })),
  (browser) => Effect.promise(() => browser.close())
)

it.live("in Chromium the portable decoder has Pillow's pixels too, and the platform's is near to them", (context) =>
  Effect.gen(function* () {
    if (chromium() === undefined) return context.skip("there is no Chromium; ETUDE_CHROMIUM may name one")
    const server = yield* serve(yield* bundle)
    const address = server.address()
    const tab = yield* Effect.andThen(open, (browser) => Effect.promise(() => browser.newPage()))
    yield* Effect.promise(() => tab.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}/`))
    yield* Effect.promise(() => tab.waitForFunction("globalThis.subject !== undefined"))
    const pixelsIn = (name: string, decoder: "portable" | "platform") =>
      Effect.promise(() => {
        const { bytes, width, height } = fixtures.files[name]!
        return tab.evaluate(
          ([picture, decoder, background]) =>
            (globalThis as unknown as { readonly subject: typeof Subject }).subject.pixelsOf(
              picture,
              decoder,
              background
            ),
          [{ base64: bytes, width, height }, decoder, fixtures.background] as const
        )
      })
    for (const [name, { rgb }] of Object.entries(fixtures.files)) {
      const expected = bytesOf(rgb)
      const portable = yield* pixelsIn(name, "portable")
      if (name !== "cmyk.jpg") assert.deepStrictEqual(portable, Array.from(expected), name)
      const platform = yield* pixelsIn(name, "platform")
      if (typeof platform === "string") assert.fail(`${name}: ${platform}`)
      else {
        const difference = platform.reduce((sum, pixel, index) => sum + Math.abs(pixel - expected[index]!), 0)
        assert.isAtMost(difference / expected.length, name === "cmyk.jpg" ? 60 : 6, name)
      }
    }
  }).pipe(Effect.scoped)
)
