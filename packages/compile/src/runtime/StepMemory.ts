/** The arena as the memory through which steps receive data from the host. */
import type { StepMemory } from "@etude/core/StepExecutor"
import type { Handles } from "./Handles.ts"

export const of = (handles: Handles): StepMemory => ({
  tensor: (values, shape, dtype) => handles.upload(values, { shape, dtype }),
  write: ({ dataId }, values) => {
    const block = handles.find(dataId)
    if (block === undefined || block.references !== 1 || block.size !== values.length) return false
    handles.views.of(block.dtype).set(values, handles.views.index(block.dtype, block.address))
    return true
  },
  values: ({ dataId }) => {
    const block = handles.find(dataId)
    return block && handles.view(block)
  }
})
