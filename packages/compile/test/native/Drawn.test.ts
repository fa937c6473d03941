import { drawnPrograms } from "../support/drawnNative.ts"

drawnPrograms(0, 3)
