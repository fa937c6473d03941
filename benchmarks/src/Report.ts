/** The measurements as text. */
import type { Aim, Measurements } from "./Aims.ts"
import type { Description } from "./Machine.ts"
import type { Competitor } from "./Protocol.ts"

export interface Results extends Measurements {
  readonly description: Description
  readonly command: string
  /** Backends that were wanted and could not be used, with the reason. */
  readonly leftOut: ReadonlyArray<string>
  readonly aims: ReadonlyArray<Aim>
}

const names: { readonly [competitor in Competitor]: string } = {
  etude: "Etude",
  bareLoop: "bare loop (optimizer.minimize)",
  bareLoopOnEtudesKernels: "bare loop on Etude's kernels",
  fit: "model.fit",
  fitDataset: "model.fitDataset"
}

const row = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>): string =>
  cells
    .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!)))
    .join("  ")
    .trimEnd()

const speed = ({ speed }: Measurements): ReadonlyArray<string> =>
  speed.flatMap(({ problem, backend, batchSize, steps, rounds, generations, on, timings }) => {
    const widths = [32, 10, 10, 18, 10]
    return [
      "",
      `${problem}, batches of ${batchSize}, ${backend}: ${generations} × ${rounds} rounds of ${steps} steps`,
      `  (${on})`,
      row(["", "ms/step", "Etude is", "(quartiles)", "by cpu"], widths),
      ...timings.map(({ competitor, step, etudeIsFasterBy: { median, lower, upper }, etudeTakesLessCpuBy }) =>
        row(
          [
            `  ${names[competitor]}`,
            step.median.toFixed(3),
            ...(competitor === "etude"
              ? []
              : [
                  `${median.toFixed(3)} ×`,
                  `${lower.toFixed(3)} … ${upper.toFixed(3)}`,
                  `${etudeTakesLessCpuBy.median.toFixed(3)} ×`
                ])
          ],
          widths
        )
      )
    ]
  })

const callbacks = ({ idleCallbacks }: Measurements): ReadonlyArray<string> =>
  idleCallbacks.flatMap(({ backend, costs, rounds, steps }) => [
    "",
    `Idle callbacks, MLP, ${backend}: ${rounds} rounds of ${steps} steps`,
    ...costs.map(
      ({ callbacks, step, ratio }) =>
        `  ${callbacks}: ${step.toFixed(3)} ms/step, ${((ratio.median - 1) * 100).toFixed(2)} % more`
    )
  ])

const memory = ({ memory }: Measurements): ReadonlyArray<string> =>
  memory.flatMap(({ backend, steps, liveTensors, residentMegabytes: { firstQuarter, lastQuarter } }) => [
    "",
    `Memory, MLP, ${backend}, ${steps} steps`,
    `  live tensors ${liveTensors.least} … ${liveTensors.most}`,
    `  resident memory ${firstQuarter.toFixed(1)} MB in the first quarter, ${lastQuarter.toFixed(1)} MB in the last`
  ])

const aims = ({ aims }: Results): ReadonlyArray<string> => [
  "",
  "Aims",
  ...aims.map(({ aim, measured, met }) => `  ${met ? "met   " : "missed"}  ${aim}: ${Number(measured.toPrecision(3))}`)
]

/** Everything, for a terminal. */
export const text = (results: Results): string => {
  const { description, leftOut } = results
  const { machine, versions, date, commit } = description
  return [
    `${date}, commit ${commit ?? "unknown"}`,
    `${machine.processor}, ${machine.processors} processors, ${machine.memoryGigabytes} GB, ${machine.system}, load ${machine.loadBefore.toFixed(1)}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    ...leftOut,
    ...speed(results),
    ...callbacks(results),
    ...memory(results),
    ...aims(results)
  ].join("\n")
}
