import * as laws from "@etude/testing/Laws"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as CutMix from "../src/CutMix.ts"

laws.callback(CutMix.layer({ classes: 3 }), {
  name: "CutMix",
  subject: { task: Tiny.convolution(), data: { train: Tiny.images() } }
})
