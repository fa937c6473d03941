/**
 * `npm run generate`: writes all that is generated from the code and committed. `--versions` writes only what the packages'
 * versions are in.
 */
import { differences, documents, ofVersions, removeOthers, write } from "./Generated.ts"

if (process.argv.includes("--versions")) write(ofVersions())
else {
  const all = await documents()
  const changed = differences(all)
  removeOthers(all)
  write(all)
  console.log(changed.length === 0 ? "Nothing changed." : changed.map((text) => `Written: ${text}`).join("\n"))
}
