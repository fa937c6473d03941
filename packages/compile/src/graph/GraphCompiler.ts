/** Compiles to TensorFlow graphs, on the native backend. */
import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import type { Compiler } from "../Compiler.ts"
import * as Messages from "./Messages.ts"
import { current } from "./NativeBinding.ts"
import * as Recorder from "./Recorder.ts"
import * as Recording from "./Recording.ts"
import * as Replay from "./Replay.ts"

const native = (): NativeBackend => {
  const backend = current()
  if (backend === undefined) throw new Error("graphs run on the native backend only")
  return backend
}

export const graphCompiler: Compiler<Recording.Recording> = {
  isUsable: () => current() !== undefined,
  record: (program, inputs) => Recorder.record(native(), program, inputs),
  difference: Recording.difference,
  compile: (recording) => {
    const { release, run } = Replay.make(Messages.load(), native().binding, recording)
    return { release, run: (inputs) => run(native(), inputs) }
  },
  refusal: (message) => `TensorFlow refuses its graph (${message})`
}
