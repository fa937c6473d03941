/** Which operations of TensorFlow's a piece of work takes on the native backend, which must be running. */
import type { Binding } from "../../src/Native.ts"
import * as Native from "../../src/Native.ts"

export const operationsOf = (work: () => void): ReadonlyArray<string> => {
  const engine = Native.current()! as { binding: Binding }
  const { binding } = engine
  const names: Array<string> = []
  const executeOp: Binding["executeOp"] = (name, ...rest) => {
    names.push(name)
    return binding.executeOp(name, ...rest)
  }
  engine.binding = Object.create(binding, { executeOp: { value: executeOp } })
  try {
    work()
  } finally {
    engine.binding = binding
  }
  return names
}
