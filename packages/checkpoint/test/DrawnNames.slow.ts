import { laws } from "./support/drawnNames.ts"

laws(200, 11)
