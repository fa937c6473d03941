import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chromium as browserType } from "playwright-core"
import { chromium } from "../../vitest.chromium.ts"
import { bundle } from "./support/bundle.ts"

const fixture = readFileSync(new URL("../../packages/data/fixtures/tokenizers.json", import.meta.url), "utf8")

/** Counts the texts whose ids or decoded text differ from the reference, and reads a window. */
const program = `
  import * as Text from "@etude/data/Text"
  import * as Tokenizer from "@etude/data/Tokenizer"
  import * as Draw from "@etude/core/Draw"
  import * as Effect from "effect/Effect"
  const wrong = []
  let texts = 0
  for (const [name, { tokenizer, cases }] of Object.entries(${fixture})) {
    const loaded = await Effect.runPromise(Tokenizer.fromJson(tokenizer))
    for (const { text, ids, decoded } of cases) {
      const same = (await Effect.runPromise(loaded.encode(text, { specials: true }))).join() === ids.join()
      if (!same || (await Effect.runPromise(loaded.decode(ids))) !== decoded) wrong.push(name + ": " + text)
      texts++
    }
  }
  const ids = await Effect.runPromise(Tokenizer.bytes.encode("abcd"))
  const windows = await Effect.runPromise(Text.windows(ids, { length: 3 }))
  globalThis.result = { texts, wrong, targets: [...windows.read(Int32Array.of(0), Draw.fixed).targets] }`

it.live("a browser's tokens are those of Python's library", (context) =>
  Effect.gen(function* () {
    const executablePath = chromium()
    if (executablePath === undefined)
      return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
    const { script } = yield* Effect.promise(() => bundle(program))
    const browser = yield* Effect.acquireRelease(
      Effect.promise(() => browserType.launch({ executablePath, args: ["--no-sandbox"] })),
      (open) => Effect.promise(() => open.close())
    )
    const page = yield* Effect.promise(() => browser.newPage())
    yield* Effect.promise(() => page.addScriptTag({ content: script, type: "module" }))
    const result = yield* Effect.promise(() =>
      page.waitForFunction(() => Reflect.get(globalThis, "result")).then((handle) => handle.jsonValue())
    )
    assert.deepStrictEqual(result, { texts: 52, wrong: [], targets: [98, 99, 100] })
  })
)
