import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Study from "../src/Study.ts"
import { StudyStore } from "../src/StudyStore.ts"
import * as Worker from "../src/Worker.ts"
import { isInstalled, server } from "./support/postgres.ts"
import { storeLaws } from "./support/storeLaws.ts"
import { engine, fakeTrial, studyOf, temporary } from "./support/studies.ts"

const postgres = Layer.unwrap(Effect.map(server, ({ url }) => engine(url)))

describe.skipIf(!isInstalled)("a study in PostgreSQL (skipped where it isn't installed)", () => {
  layer(postgres, { excludeTestServices: true, timeout: "1 minute" })((it) => {
    storeLaws(it)

    it.effect("is worked on to its end", () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const study = studyOf("seeds", { seeds: [3, 1, 2] })
        yield* Study.open(study, {})
        yield* Worker.run({ study, folder, config: "config.yaml", command: fakeTrial(), versions: {} })
        const { trials } = yield* (yield* StudyStore).record("seeds")
        expect(trials.map(({ state }) => state)).toEqual(["complete", "complete", "complete"])
      })
    )
  })
})
