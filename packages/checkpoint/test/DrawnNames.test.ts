import { laws } from "./support/drawnNames.ts"

laws(150, 5)
