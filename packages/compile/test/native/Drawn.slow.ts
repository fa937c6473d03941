import { drawnPrograms } from "../support/drawnNative.ts"

drawnPrograms(3, 120)
