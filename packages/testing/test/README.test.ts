import * as Callback from "@etude/core/Callback"
import { layer as backend } from "../src/CpuBackend.ts"
import * as Subjects from "../src/Subjects.ts"
import * as Suites from "../src/Suites.ts"

const myCallback = Callback.observer({ id: "myCallback", hooks: {} })

Suites.resume({ ...Subjects.plain, plugins: myCallback, backend })
Suites.tensors({ ...Subjects.plain, plugins: myCallback, backend })
Suites.interference({ ...Subjects.plain, plugins: {}, bystanders: { myCallback }, backend })
