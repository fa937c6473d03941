/** `npm start`: sets the clone up where that is needed, and trains LeNet-5 on MNIST. Further flags go to `etude train`. */
import { runEtude, setUp } from "./setup.mjs"

await setUp()
await runEtude(["train", "papers/lenet-5/config.yaml", ...process.argv.slice(2)])
