import { assert, describe, it } from "@effect/vitest"
import * as PlanCheck from "../../src/plan/Check.ts"
import * as Expand from "../../src/plan/Expand.ts"
import * as Fuse from "../../src/plan/Fuse.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import * as Check from "../../src/schedule/Check.ts"
import * as Place from "../../src/schedule/Place.ts"
import * as Drawn from "../support/Drawn.ts"
import * as DrawnPlans from "../support/DrawnPlans.ts"
import * as Pieces from "../support/Pieces.ts"
import * as Planned from "../support/Planned.ts"

describe("drawn plans", () => {
  it("are placed soundly, and have no task that touches what another writes, in any order of its units", () => {
    for (let seed = 0; seed < 60; seed++) {
      const draw = Drawn.draw(seed)
      const { plan: drawn, inputs } = DrawnPlans.plan(draw, 4 + draw.below(12))
      assert.deepStrictEqual(PlanCheck.problems(drawn), [], `seed ${seed}`)
      for (const plan of [drawn, Expand.expand(Fuse.fuse(drawn))]) {
        assert.deepStrictEqual(
          Check.problems(
            plan,
            Place.place(plan, () => 1024)
          ),
          [],
          `seed ${seed}`
        )
        const target = draw.of(Planned.targets)
        assert.isUndefined(
          Pieces.wrong(plan, inputs, interpret(plan, inputs), { target, draw }),
          `seed ${seed}, ${target.lanes} lanes`
        )
      }
    }
  })
})
