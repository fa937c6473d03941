import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll } from "@effect/vitest"
import { Checkpoints, type CheckpointsService } from "@etude/core/Checkpoints"
import * as laws from "@etude/testing/Laws"
import type * as CheckpointsLaw from "@etude/testing/laws/CheckpointsLaw"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as AsyncSaving from "../src/AsyncSaving.ts"
import * as FileStore from "../src/FileStore.ts"
import * as MemoryStore from "../src/MemoryStore.ts"

const root = fs.mkdtempSync(path.join(os.tmpdir(), "etude-stores-"))
afterAll(() => fs.rmSync(root, { recursive: true }))

const built = <E>(layer: Layer.Layer<Checkpoints, E>): Effect.Effect<CheckpointsService, E, Scope.Scope> =>
  Effect.map(Layer.build(Layer.fresh(layer)), Context.get(Checkpoints))

/** A store in a folder of its own, and what flips a bit in one of its checkpoints. */
const inFiles = (layerOf: (folder: string) => Layer.Layer<Checkpoints, unknown>) =>
  Effect.gen(function* () {
    const folder = path.join(fs.mkdtempSync(path.join(root, "store-")), "deep", "checkpoints")
    return {
      store: yield* built(layerOf(folder)),
      reopen: built(layerOf(folder)),
      damage: (id: string) =>
        Effect.sync(() => {
          const file = path.join(folder, id, "optimizer.safetensors")
          const bytes = fs.readFileSync(file)
          bytes[bytes.length - 1]! ^= 1
          fs.writeFileSync(file, bytes)
        })
    } satisfies CheckpointsLaw.Opened
  })

// Under the test clock a wait between retries would never end.
const beside = AsyncSaving.layer({ retries: Schedule.recurs(0) })
const inMemory = MemoryStore.layer

laws.checkpoints(inMemory, { name: "MemoryStore" })
laws.checkpoints(
  inFiles((folder) => FileStore.layer({ folder })),
  { name: "FileStore" }
)
laws.checkpoints(Layer.provide(beside, inMemory), { name: "AsyncSaving into MemoryStore" })
laws.checkpoints(
  inFiles((folder) => beside.pipe(Layer.provide(FileStore.layer({ folder })))),
  { name: "AsyncSaving into FileStore" }
)
