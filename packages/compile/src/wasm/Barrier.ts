/**
 * The barrier between phases: whoever comes last opens it. The others spin for a while, since phases are short, then call
 * `wait`, which sleeps until the generation has changed and throws where the run is over for a thread that died.
 */
import type { Assembler } from "./Assembler.ts"
import type { Body, Label } from "./Body.ts"
import { control, spins } from "./Control.ts"

const open = (body: Body, at: number): void => {
  body.i32(at + control.arrived)
  body.i32(0)
  body.memory("i32.atomic.store")
  body.i32(at + control.generation)
  body.i32(1)
  body.memory("i32.atomic.rmw.add")
  body.do("drop")
  body.i32(at + control.asleep)
  body.memory("i32.atomic.load")
  body.if(() => {
    body.i32(at + control.generation)
    body.i32(-1)
    body.memory("memory.atomic.notify")
    body.do("drop")
  })
}

const spin = (body: Body, at: number, generation: number, wait: number): void => {
  const left = body.local("i32")
  body.i32(spins)
  body.set(left)
  body.block((done: Label) => {
    body.loop((again) => {
      body.i32(at + control.generation)
      body.memory("i32.atomic.load")
      body.get(generation)
      body.do("i32.ne")
      body.branchIf(done)
      body.get(left)
      body.i32(1)
      body.do("i32.sub")
      body.tee(left)
      body.branchIf(again)
    })
    body.get(generation)
    body.call(wait)
  })
}

/** The index of the barrier's function. `at` is where the control words lie, `wait` an imported function. */
export const barrier = (module: Assembler, threads: number, at: number, wait: number): number =>
  module.function("barrier", { parameters: [], results: [] }, (body) => {
    const generation = body.local("i32")
    body.i32(at + control.generation)
    body.memory("i32.atomic.load")
    body.set(generation)
    body.i32(at + control.arrived)
    body.i32(1)
    body.memory("i32.atomic.rmw.add")
    body.i32(threads - 1)
    body.do("i32.eq")
    body.if(
      () => open(body, at),
      () => spin(body, at, generation, wait)
    )
  })
