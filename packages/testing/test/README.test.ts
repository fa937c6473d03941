import * as Callback from "@etude/core/Callback"
import * as Subjects from "../src/Subjects.ts"
import * as Suites from "../src/Suites.ts"
import { layer as backend } from "./support/cpu.ts"

const myCallback = Callback.observer({ id: "myCallback", hooks: {} })

Suites.resume({ ...Subjects.plain, plugins: myCallback, backend })
Suites.tensors({ ...Subjects.plain, plugins: myCallback, backend })
Suites.interference({ ...Subjects.plain, plugins: {}, bystanders: { myCallback }, backend })
