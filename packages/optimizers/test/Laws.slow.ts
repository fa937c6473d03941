/** Every optimizer of this package keeps the laws. */
import * as laws from "@etude/testing/Laws"
import {
  adadelta,
  adafactor,
  adamax,
  lamb,
  lars,
  lookahead,
  muon,
  nadam,
  radam,
  scheduleFreeAdamW
} from "../src/index.ts"

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
  lookahead: lookahead({ of: nadam() })
}
for (const [name, rule] of Object.entries(rules)) {
  laws.optimizer(rule, { name, learningRate: name === "adadelta" ? 1 : 0.05 })
}
