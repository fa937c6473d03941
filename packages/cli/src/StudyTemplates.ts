/** `etude study template`: what starts workers of a study elsewhere, filled in for it. */
import { readFileSync } from "node:fs"
import * as path from "node:path"
import * as Static from "@etude/study/Static"
import * as Effect from "effect/Effect"
import * as Output from "./Output.ts"
import { quoted } from "./Shell.ts"
import * as StudyBegin from "./StudyBegin.ts"
import * as StudyFolder from "./StudyFolder.ts"

export const files = {
  slurm: "slurm.sh",
  "slurm-static": "slurm-static.sh",
  kubernetes: "kubernetes.yaml",
  systemd: "systemd.service"
} as const
export type Kind = keyof typeof files
export const kinds = ["slurm", "slurm-static", "kubernetes", "systemd"] as const satisfies ReadonlyArray<Kind>

const templates = new URL("../templates/study/", import.meta.url)

/** A name as Kubernetes takes it: RFC 1123. */
const labelOf = (name: string): string =>
  `etude-${name}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/-+$/, "")

/** The words of a template between underscores, with their values. */
export const fill = (template: string, words: { readonly [word: string]: string }): string =>
  template.replace(/__(\w+?)__/g, (whole, word: string) => words[word] ?? whole)

/** Prints a template for a study. */
export const print = (kind: Kind, named: StudyBegin.Named) =>
  Effect.gen(function* () {
    const { shown, study } = yield* StudyBegin.plan(named)
    if (kind === "slurm-static") yield* Static.planned(study, 0)
    const { name, config } = study
    const words = {
      name: StudyFolder.nameOf(name),
      label: labelOf(name),
      directory: quoted(process.cwd()),
      study: quoted(kind === "slurm-static" ? path.relative("", named.file) : shown),
      threads: String(config.threads),
      last: String(config.settings * config.seeds.length - 1)
    }
    yield* Output.result(fill(readFileSync(new URL(files[kind], templates), "utf8"), words).trimEnd())
  })
