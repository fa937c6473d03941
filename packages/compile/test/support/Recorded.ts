/** Plans of recorded programs as they are compiled, checked in memory. */
import type { Target } from "../../src/code/Code.ts"
import * as PlanCheck from "../../src/plan/Check.ts"
import * as Expand from "../../src/plan/Expand.ts"
import * as Fuse from "../../src/plan/Fuse.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as Check from "../../src/schedule/Check.ts"
import * as Place from "../../src/schedule/Place.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import type { Draw } from "./Drawn.ts"
import * as Pieces from "./Pieces.ts"
import * as Planned from "./Planned.ts"
import { foreign, type Planned as Recorded } from "./plans.ts"

/**
 * The first thing that is wrong with the program's plan, placed and as code in drawn pieces, which must give the bits of
 * WebAssembly on one thread; `undefined` where nothing is.
 */
export const wrong = (
  { plan: lowered, inputs }: Recorded,
  draw: Draw,
  target: Target = draw.of(Planned.targets)
): string | undefined => {
  const plan = Expand.expand(Fuse.fuse(lowered))
  const problems = [
    ...PlanCheck.problems(plan),
    ...Check.problems(
      plan,
      Place.place(plan, () => 1024)
    )
  ]
  if (problems.length > 0) return problems.join("\n")
  const arena = Arena.make({ shared: false })
  const whole = Planned.run(plan, inputs, arena, WasmEmitter.makeSingle({ arena }), foreign)
  return Pieces.wrong(plan, inputs, whole, { target, draw, foreign })
}
