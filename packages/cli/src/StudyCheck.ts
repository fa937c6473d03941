/** `etude study check`: everything that can be wrong with a study, or the study with all its defaults. */
import * as StudyConfig from "@etude/study/StudyConfig"
import * as Effect from "effect/Effect"
import * as ConfigFile from "./ConfigFile.ts"
import * as Output from "./Output.ts"
import * as StudyFile from "./StudyFile.ts"

const plural = (count: number, one: string): string =>
  `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`

/** `20 settings × 5 seeds = 100 trials`. */
export const sizeOf = ({ settings, seeds }: Pick<StudyConfig.StudyConfig, "settings" | "seeds">): string =>
  `${plural(settings, "setting")} × ${plural(seeds.length, "seed")} = ${plural(settings * seeds.length, "trial")}`

export const check = (file: string, overrides: ReadonlyArray<ConfigFile.Override>, json: boolean) =>
  Effect.gen(function* () {
    const { study, registry } = yield* StudyFile.read(file, overrides)
    const encoded = StudyConfig.encode(study, registry)
    yield* json ? Output.json(encoded) : Output.result(ConfigFile.toYaml(encoded).trimEnd())
    yield* Output.note(`${sizeOf(study)}. Nothing was started.`)
  })
