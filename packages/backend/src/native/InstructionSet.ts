/**
 * The processor, as far as libraries choose their code by it: TensorFlow and oneDNN add up in other orders with longer vectors, and
 * divide matrices by the sizes of caches, which go with the model.
 */
import * as fs from "node:fs"
import * as os from "node:os"

/** What libraries choose code by, on x86 and on ARM. */
const decisive = [
  "avx",
  "avx2",
  "fma",
  "avx_vnni",
  "avx512f",
  "avx512bw",
  "avx512vl",
  "avx512_vnni",
  "avx512_bf16",
  "avx512_fp16",
  "amx_tile",
  "amx_int8",
  "amx_bf16",
  "asimd",
  "asimddp",
  "asimdhp",
  "bf16",
  "i8mm",
  "sve",
  "sve2"
]

/** The decisive features in the text of Linux's `/proc/cpuinfo`, in a fixed order. */
export const featuresIn = (cpuinfo: string): ReadonlyArray<string> => {
  const [, listed = ""] = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo) ?? []
  const features = new Set(listed.trim().split(/\s+/))
  return decisive.filter((feature) => features.has(feature))
}

/** Such as `x64 avx avx2 fma (Intel(R) Xeon(R) Platinum 8481C)`; without features where the system doesn't list them. */
export const describe = (architecture: string, model: string | undefined, cpuinfo: string): string =>
  [architecture, ...featuresIn(cpuinfo), ...(model === undefined ? [] : [`(${model.trim()})`])].join(" ")

const cpuinfo = (): string => {
  try {
    return fs.readFileSync("/proc/cpuinfo", "utf8")
  } catch {
    return ""
  }
}

export const ofThisMachine = (): string => describe(process.arch, os.cpus()[0]?.model, cpuinfo())
