/** `npm start`: sets the clone up where that is needed, and trains LeNet-5 on MNIST. Further flags go to `etude train`. */
import { runEtude, setUp } from "./setup.mjs"

// Steps compile to code of our own: TensorFlow's library is for those who ask for it.
await setUp({ everything: false, native: process.env.ETUDE_BACKEND === "native" })
await runEtude(["train", "papers/lenet-5/config.yaml", ...process.argv.slice(2)])
