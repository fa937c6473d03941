import { laws } from "./support/drawnNames.ts"

laws(400, 11)
