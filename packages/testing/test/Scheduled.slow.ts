import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as CpuBackend from "../src/doubles/CpuBackend.ts"
import * as ResumeLaw from "../src/laws/ResumeLaw.ts"
import * as ExecutorRows from "../src/subjects/ExecutorRows.ts"

const rows = ExecutorRows.all.filter(({ name }) => /scheduled|OneCycleMomentum|Ramp/.test(name))

it("momentum, decay, dropout and transforms are among the rows whose numbers are scheduled", () => {
  assert.isAtLeast(rows.length, 6)
})

for (const { name, subject } of rows) {
  it.effect(`a run is resumed with the numbers of the unbroken one: ${name}`, () =>
    Effect.flatMap(subject, (made) => ResumeLaw.check({ ...made, name })).pipe(Effect.provide(CpuBackend.layer))
  )
}
