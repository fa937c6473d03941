/** Every optimizer of this package keeps the laws. */
import * as laws from "@etude/testing/Laws"
import {
  adadelta,
  adafactor,
  adamax,
  lamb,
  lars,
  lion,
  lookahead,
  muon,
  nadam,
  radam,
  scheduleFreeAdamW
} from "../src/index.ts"

/** Numbers that change, in whatever optimizer has them. */
const ramp = { _tag: "Ramp", from: 0.9, to: 0.1, over: { steps: 50 } } as const

const rules = {
  adadelta: adadelta(),
  adamax: adamax(),
  nadam: nadam(),
  radam: radam(),
  lamb: lamb(),
  lars: lars({ coefficient: 0.1 }),
  adafactor: adafactor(),
  muon: muon(),
  scheduleFreeAdamW: scheduleFreeAdamW(),
  lookahead: lookahead({ of: nadam() }),
  "lion, scheduled": lion({ beta1: ramp, weightDecay: ramp }),
  "muon, scheduled": muon({ momentum: ramp, weightDecay: ramp }),
  "lamb, scheduled": lamb({ beta1: ramp, weightDecay: ramp })
}
for (const [name, rule] of Object.entries(rules)) {
  laws.optimizer(rule, { name, learningRate: name === "adadelta" ? 1 : 0.05 })
}
