/**
 * Adam's update by TensorFlow's `ResourceApplyAdam`, which changes variables in place. They are made for it and gone after it:
 * TensorFlow copies what someone else still holds before it changes it, so that the inputs do not change.
 */
import { type AdamStepInputs, kernelName } from "@etude/core/kernels/AdamStep"
import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../../Kernels.ts"
import { bool, dtype, float32, string } from "../Attributes.ts"

/** The name by which TensorFlow knows variables that live as long as their handle. */
const anonymous = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"

/** A variable that holds `value`, as the binding's number of its handle. */
const variableOf = (engine: NativeBackend, value: tf.TensorInfo): number => {
  const { binding } = engine
  const { TF_ATTR_SHAPE, TF_FLOAT } = binding
  const attributes = [
    string(engine, "container", ""),
    string(engine, "shared_name", anonymous),
    dtype(engine, "dtype", TF_FLOAT),
    { name: "shape", type: TF_ATTR_SHAPE, value: value.shape }
  ]
  const handle = element(binding.executeOp("VarHandleOp", attributes, [], 1), 0).id
  binding.executeOp(
    "AssignVariableOp",
    [dtype(engine, "dtype", TF_FLOAT)],
    [handle, ...engine.getInputTensorIds([value])],
    0
  )
  return handle
}

export const adam = kernel<AdamStepInputs, unknown, NativeBackend>(kernelName, ({ inputs, engine }) => {
  const { binding } = engine
  const { parameter, m, v, gradient, rate, beta1, beta2, epsilon } = inputs
  const handles = [parameter, m, v].map((value) => variableOf(engine, value))
  // The powers of both betas, which the rate has taken in already.
  const zero = tf.scalar(0)
  try {
    binding.executeOp(
      "ResourceApplyAdam",
      [float32(engine), bool(engine, "use_locking", false), bool(engine, "use_nesterov", false)],
      [...handles, ...engine.getInputTensorIds([zero, zero, rate, beta1, beta2, epsilon, gradient])],
      0
    )
    const float = dtype(engine, "dtype", binding.TF_FLOAT)
    return handles.map((handle) =>
      engine.createOutputTensor(element(binding.executeOp("ReadVariableOp", [float], [handle], 1), 0))
    )
  } finally {
    zero.dispose()
    for (const handle of handles) binding.deleteTensor(handle)
  }
})
