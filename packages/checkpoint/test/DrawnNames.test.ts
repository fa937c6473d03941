import { laws } from "./support/drawnNames.ts"

laws(10, 3)
