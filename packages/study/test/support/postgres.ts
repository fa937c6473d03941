/** One server for the tests of a file; they are skipped, with the reason, where PostgreSQL isn't installed. */

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as PostgresServer from "../../src/PostgresServer.ts"

export const isInstalled = Effect.runSync(PostgresServer.programs) !== undefined

/** A server in a temporary folder. */
export const server = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "etude-postgres-"))),
    (made) => Effect.sync(() => fs.rmSync(made, { recursive: true, force: true }))
  )
  fs.chmodSync(folder, 0o755)
  return yield* PostgresServer.run({ folder: path.join(folder, "data"), isDurable: false })
})
