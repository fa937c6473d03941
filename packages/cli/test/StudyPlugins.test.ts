/** Where plugins of a study are looked for, once its folder is another than its file's. */
import { assert, it } from "@effect/vitest"
import * as StudyPlugins from "../src/StudyPlugins.ts"

it("a path is kept relative to the folder that the study moves to; a package's name stays", () => {
  const uses = [{ use: "./search.ts" }, { use: "@me/search" }, { use: "../lib/search.ts" }]
  assert.deepStrictEqual(StudyPlugins.moved(uses, "/home/me/papers", "/home/me/papers/studies/wide"), [
    { use: "../../search.ts" },
    { use: "@me/search" },
    { use: "../../../lib/search.ts" }
  ])
  assert.deepStrictEqual(StudyPlugins.moved([{ use: "./a/search.ts" }], "/home", "/home/a"), [{ use: "./search.ts" }])
})
