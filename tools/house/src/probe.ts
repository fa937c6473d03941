import { functionsIn } from "./Functions.ts"
import { castsIn } from "./Casts.ts"
import { packageSources } from "./Sources.ts"
const all = packageSources()
console.log(castsIn(all))
const fs = all.flatMap(functionsIn)
console.log(fs.length, fs.filter((f) => f.lines > 60).length, fs.filter((f) => f.lines > 40).length)
for (const f of fs.filter((f) => f.lines > 60 || f.captures.length >= 10).sort((a, b) => b.lines - a.lines)) console.log(f.file, f.name, f.line, f.lines, f.captures.length)
