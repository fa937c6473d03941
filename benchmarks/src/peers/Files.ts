/**
 * A problem as files, which every peer reads: `problem.json`, the initial values one after another in `values.f32`, and all
 * batches in `inputs.f32` (or `inputs.i32`) [samples, …] and `labels.i32` [samples] (or of the inputs' shape); numbers are little-endian.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { classes } from "../networks/Network.ts"
import { type adam, adamOf, type Problem, type ProblemName, problemOf, type Samples, samplesFor } from "../Problem.ts"

export interface Description {
  readonly name: ProblemName
  readonly batchSize: number
  /** Batches in the files; after the last one comes the first again. */
  readonly batches: number
  readonly shape: ReadonlyArray<number>
  readonly classes: number
  readonly takesLabels: boolean
  readonly dropout: number
  readonly adam: typeof adam
  readonly variables: ReadonlyArray<{ readonly path: string; readonly shape: ReadonlyArray<number> }>
}

const file = (folder: string, name: string) => path.join(folder, name)

const inputsOf = ({ takesLabels }: Description) => (takesLabels ? "inputs.i32" : "inputs.f32")

/** Makes initial values and batches and writes them. */
export const write = (folder: string, name: ProblemName, batchSize: number, batches: number): Problem => {
  const problem = problemOf(name, batchSize)
  const { inputs, labels } = samplesFor(problem, batches * batchSize)
  const variables = Object.entries({ ...problem.parameters, ...problem.statistics })
  const description: Description = {
    name,
    batchSize,
    batches,
    shape: problem.shape,
    classes: problem.classes ?? classes,
    takesLabels: problem.takesLabels ?? false,
    dropout: problem.dropout ?? 0,
    adam: adamOf(problem),
    variables: variables.map(([path, { shape }]) => ({ path, shape }))
  }
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(file(folder, "problem.json"), JSON.stringify(description))
  fs.writeFileSync(
    file(folder, "values.f32"),
    Buffer.concat(variables.map(([path]) => new Uint8Array(problem.initial[path]!.buffer)))
  )
  fs.writeFileSync(file(folder, inputsOf(description)), inputs)
  fs.writeFileSync(file(folder, "labels.i32"), labels)
  return problem
}

/** The bytes of a file at the begin of a buffer of their own, so that they can be seen as numbers. */
const bytesOf = (name: string): ArrayBuffer => {
  const bytes = new Uint8Array(fs.statSync(name).size)
  const descriptor = fs.openSync(name, "r")
  fs.readSync(descriptor, bytes)
  fs.closeSync(descriptor)
  return bytes.buffer
}

/** Reads what `write` wrote. */
export const read = (folder: string): { readonly problem: Problem; readonly samples: Samples } => {
  const description = JSON.parse(fs.readFileSync(file(folder, "problem.json"), "utf8")) as Description
  const values = new Float32Array(bytesOf(file(folder, "values.f32")))
  let offset = 0
  const initial = Object.fromEntries(
    description.variables.map(({ path, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1)
      const own = values.slice(offset, offset + size)
      offset += size
      return [path, own]
    })
  )
  const { name, batchSize, batches, takesLabels } = description
  const inputs = bytesOf(file(folder, inputsOf(description)))
  return {
    problem: { ...problemOf(name, batchSize), initial },
    samples: {
      inputs: takesLabels ? new Int32Array(inputs) : new Float32Array(inputs),
      labels: new Int32Array(bytesOf(file(folder, "labels.i32"))),
      count: batches * batchSize
    }
  }
}
