import { writeFileSync } from "node:fs"
import { it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Effect from "effect/Effect"
import * as Expand from "../src/plan/Expand.ts"
import * as Fuse from "../src/plan/Fuse.ts"
import * as Print from "../src/plan/Print.ts"
import * as Arena from "../src/runtime/Arena.ts"
import * as Place from "../src/schedule/Place.ts"
import * as Schedule from "../src/schedule/Schedule.ts"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"
import * as Networks from "./support/networks.ts"

const which: any = {
  mlp: [Networks.perceptron([300, 100]), 64],
  lenet: [Networks.lenet5, 64],
  res: [Networks.residual, 32]
}
for (const name of (process.env["NETS"] ?? "mlp").split(","))
  it.effect(
    name,
    () =>
      Effect.gen(function* () {
        const [net, batch] = which[name]
        const programs = yield* Networks.plansOf(Networks.subjectOf(name, net, batch))
        for (const p of programs) {
          if (p.name !== "step" && !/train|step/.test(p.name)) {
            console.log("skip", p.name)
            continue
          }
          const t0 = performance.now()
          const plan = Expand.expand(Fuse.fuse(p.plan))
          const t1 = performance.now()
          const arena = Arena.make({ shared: false })
          const placed = Place.place(plan, arena.allocate)
          const emitter = WasmEmitter.makeSingle({ arena, level: "fused" })
          const table: number[] = []
          for (let e = 0; e < placed.entries; e++) table.push(arena.allocate(8_000_000 / 4))
          const parts = Schedule.make(plan, placed, emitter.target)
          const t2 = performance.now()
          new Uint32Array(arena.memory.buffer, placed.table, table.length).set(table)
          for (const { address, bytes } of placed.constants) new Uint8Array(arena.memory.buffer).set(bytes, address)
          const lines: any[] = []
          let total = 0
          for (const part of parts) {
            if (Schedule.isForeign(part)) {
              console.log("FOREIGN", part.kernel)
              continue
            }
            console.log("phases", part.phases.length, part.phases.map((x) => x.tasks.length).join(" "))
            for (const [ph, phase] of part.phases.entries())
              for (const task of phase.tasks) {
                const exe = emitter.make({ ...part, phases: [{ tasks: [task] }] })
                for (let i = 0; i < 50; i++) exe.run()
                let best = Infinity
                for (let r = 0; r < 15; r++) {
                  const t = performance.now()
                  for (let i = 0; i < 20; i++) exe.run()
                  best = Math.min(best, (performance.now() - t) / 20)
                }
                total += best
                lines.push([best * 1000, ph, task.name, task.units, Math.round(task.work)])
              }
          }
          const t3 = performance.now()
          const whole = parts.map((part) => (Schedule.isForeign(part) ? undefined : emitter.make(part)))
          const t4 = performance.now()
          console.log(
            name,
            p.name,
            "nodes",
            plan.nodes.length,
            "sum of best",
            total.toFixed(3),
            "ms; plan",
            (t1 - t0).toFixed(1),
            "schedule",
            (t2 - t1).toFixed(1),
            "emit",
            (t4 - t3).toFixed(1),
            "size",
            placed.size,
            whole.length
          )
          console.log(
            [...lines]
              .sort((a, b) => b[0] - a[0])
              .slice(0, 24)
              .map(
                (l) =>
                  `${l[0].toFixed(1)}us ph${l[1]} ${l[2]} units ${l[3]} work ${l[4]} ${(l[4] / l[0] / 1000).toFixed(2)} G/s`
              )
              .join("\n")
          )
          writeFileSync(`/tmp/forms-plan-${name}.txt`, Print.print(plan))
        }
      }).pipe(Effect.provide(Wasm.layer)),
    600000
  )
