import * as Wasm from "@etude/backend/Wasm"
import { laws } from "./support/laws.ts"

laws(Wasm.layer)
