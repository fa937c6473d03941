/** Compiles to code of our own: a recording of kernels becomes a plan, the plan code, which works in an arena. */
import * as tf from "@tensorflow/tfjs-core"
import type { Compiled, Compiler } from "./Compiler.ts"
import * as Lower from "./lower/Lower.ts"
import * as Expand from "./plan/Expand.ts"
import * as Fuse from "./plan/Fuse.ts"
import type { Plan } from "./plan/Plan.ts"
import * as Recorder from "./record/Recorder.ts"
import * as Recording from "./record/Recording.ts"
import type { Emitter, Executable } from "./runtime/Executable.ts"
import type { Handles } from "./runtime/Handles.ts"
import * as Instance from "./runtime/Instance.ts"
import * as Check from "./schedule/Check.ts"
import * as Place from "./schedule/Place.ts"
import * as Schedule from "./schedule/Schedule.ts"

/** A running plan, for compilers of faster code. */
export interface Running {
  readonly program: string
  readonly plan: Plan
  readonly placed: Place.Placed
  readonly instance: Instance.Instance
}

export interface PlanCompilerOptions {
  readonly handles: Handles
  readonly emitter: Emitter
  /** Called with each plan that starts to run. */
  readonly onRunning: (running: Running) => void
}

/** The backend on which programs are recorded, everywhere. */
export const backend = "wasm"

/** The plan that is compiled for a recording. */
export const planOf = (recording: Recording.Recording): Plan => Expand.expand(Fuse.fuse(Lower.lower(recording)))

/** All executables, or none. */
const emitAll = (emitter: Emitter, parts: ReadonlyArray<Schedule.Part>) => {
  const made: Array<Executable> = []
  try {
    return parts.map((part) => {
      if (Schedule.isForeign(part)) return part
      const executable = emitter.make(part)
      made.push(executable)
      return executable
    })
  } catch (error) {
    for (const { release } of made) release()
    throw error
  }
}

const instanceOf = ({ handles, emitter }: PlanCompilerOptions, plan: Plan, placed: Place.Placed) =>
  Instance.make({
    plan,
    placed,
    parts: emitAll(emitter, Schedule.make(plan, placed, emitter.target)),
    handles,
    free: () => handles.arena.free(placed.block)
  })

const compile = (options: PlanCompilerOptions, recording: Recording.Recording, program: string): Compiled => {
  const { arena } = options.handles
  const plan = planOf(recording)
  const placed = Place.place(plan, arena.allocate)
  try {
    Check.insist(plan, placed)
    const instance = instanceOf(options, plan, placed)
    options.onRunning({ program, plan, placed, instance })
    return instance
  } catch (error) {
    arena.free(placed.block)
    throw error
  }
}

export const make = (options: PlanCompilerOptions): Compiler<Recording.Recording> => {
  const isBytes = ({ dataId }: tf.Tensor) => options.handles.find(dataId)?.dtype === "uint8"
  return {
    isUsable: () => tf.getBackend() === backend,
    record: (program, inputs) => Recorder.record(program, inputs, isBytes),
    recordAgain: (program, inputs, before) => Recorder.recordAgain(program, inputs, before, isBytes),
    difference: Recording.difference,
    compile: (recording, program) => compile(options, recording, program),
    refusal: (message) => `no code could be made for it (${message})`
  }
}
