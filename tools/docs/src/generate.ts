/** `npm run generate`: writes all that is generated from the code and committed. */
import { differences, documents, write } from "./Generated.ts"

const all = await documents()
const changed = differences(all)
write(all)
console.log(changed.length === 0 ? "Nothing changed." : changed.map((text) => `Written: ${text}`).join("\n"))
