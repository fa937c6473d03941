/** The tests' backend: plain JavaScript, with every kernel. */
import "@tensorflow/tfjs-backend-cpu"
import { layer } from "@effect/vitest"
import * as Cpu from "@etude/backend/Cpu"

/** Tests that measure tensors. */
export const onCpu = layer(Cpu.layer, { excludeTestServices: true })
