/** Reads files that this user may not read, and prints what the readers say. Root may read everything, so it becomes nobody first. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Csv from "../../src/Csv.ts"
import * as Images from "../../src/Images.ts"
import * as JsonLines from "../../src/JsonLines.ts"
import * as Npy from "../../src/Npy.ts"
import * as Parquet from "../../src/Parquet.ts"
import * as TextFile from "../../src/TextFile.ts"

const [folder = "."] = process.argv.slice(2)
const nobody = 65534
// Modules that are imported when they are needed are found before the user changes.
await Effect.runPromise(Effect.result(Csv.read(path.join(folder, "absent.csv"))))
if (process.getuid?.() === 0) process.setuid?.(nobody)

const place = (name: string) => path.join(folder, name)
const reads = {
  csv: Csv.read(place("table.csv")),
  jsonLines: JsonLines.read(place("table.jsonl")),
  parquet: Parquet.read(place("table.parquet")),
  npy: Npy.read(place("x.npy")),
  text: TextFile.read(place("text.txt")),
  images: Images.folder(place("images"), { size: 4 }),
  hidden: Images.folder(place("hidden"), { size: 4 })
}
const said = Effect.forEach(Object.entries(reads), ([name, read]) =>
  Effect.match(read as Effect.Effect<unknown, Error>, {
    onFailure: (error) => [name, error.message] as const,
    onSuccess: () => [name, "read"] as const
  })
)
process.stdout.write(JSON.stringify(Object.fromEntries(await Effect.runPromise(said))))
