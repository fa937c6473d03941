/** `etude doctor` and `etude backend install`. */
import * as Doctor from "@etude/backend/Doctor"
import * as NativeInstaller from "@etude/backend/NativeInstaller"
import * as CodeDoctor from "@etude/compile/Doctor"
import { BackendUnavailable } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Output from "./Output.ts"
import * as StatusLine from "./StatusLine.ts"

/** The backends of this machine, and `code`: how steps run as code of Etude's own. */
export const Machine = Schema.Struct({ ...Doctor.Report.fields, code: CodeDoctor.Report })

/** Prints what this machine has; fails when no backend could be used. */
export const doctor = (json: boolean) =>
  Effect.gen(function* () {
    const [tensorflow, code] = [yield* Doctor.report, yield* CodeDoctor.report]
    yield* json
      ? Output.json(Schema.encodeSync(Machine)({ ...tensorflow, code }))
      : Output.result(`${Doctor.render(tensorflow)}\n\n${CodeDoctor.render(code)}`)
    if (tensorflow.chosen === null) {
      return yield* new BackendUnavailable({
        backend: "chosen",
        reason: tensorflow.why,
        advice: tensorflow.advice.join(" ")
      })
    }
  })

/** Sets the native library up, showing what is being done. */
export const install = (json: boolean) =>
  Effect.gen(function* () {
    const status = yield* StatusLine.make
    yield* Output.note("Setting up the native library …")
    const {
      install: installed,
      alreadyThere,
      attempts
    } = yield* NativeInstaller.install({
      onProgress: status.show
    })
    status.clear()
    const { directory, manifest } = installed
    yield* Output.note(
      `TensorFlow ${manifest.tensorflow} ${alreadyThere ? "is already set up" : "was set up"} in ${directory}.`
    )
    if (json)
      yield* Output.json({ directory, tensorflow: manifest.tensorflow, way: manifest.way, alreadyThere, attempts })
  }).pipe(Effect.scoped)
