import { testConfig } from "../../vitest.shared.ts"

export default testConfig("lenet-5")
