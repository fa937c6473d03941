/** The native backend, where it runs: programs are recorded and compiled below it. */
import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import * as tf from "@tensorflow/tfjs-core"

/** The current backend, if it is the native one. */
export const current = (): NativeBackend | undefined =>
  tf.getBackend() === "tensorflow" ? (tf.backend() as NativeBackend) : undefined
