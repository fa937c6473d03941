import { layer } from "@effect/vitest"
import { storeLaws } from "./support/storeLaws.ts"
import { engine } from "./support/studies.ts"

layer(engine(":memory:"), { excludeTestServices: true })("a study in SQLite", storeLaws)
