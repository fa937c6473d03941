import "@tensorflow/tfjs-backend-cpu"
import * as Cpu from "@etude/backend/Cpu"
import { laws } from "./support/laws.ts"

laws(Cpu.layer)
