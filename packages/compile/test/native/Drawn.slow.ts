import { drawnPrograms } from "../support/drawnNative.ts"

drawnPrograms(12, 120)
