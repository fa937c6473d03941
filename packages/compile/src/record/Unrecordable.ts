/** Why a program can't be recorded, in words that every recorder uses. */

/** Not an error of the program: it runs eagerly, unchanged. */
export class Unrecordable extends Error {
  override readonly name = "Unrecordable"
}

/** The line of the program that called, without those of recorders and of tfjs. */
const callSite = (): string => {
  // Ten frames, the default, may all be tfjs's.
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 50
  const frames = new Error().stack?.split("\n").slice(1) ?? []
  Error.stackTraceLimit = limit
  const outside = frames.find((frame) => !/\/(Recorder|Unrecordable)\.[jt]s|tfjs|<anonymous>\)$/.test(frame))
  return outside?.trim().replace(/^at /, "") ?? "an unknown place"
}

/** `user` (an operation or an output) uses data that was not created inside the program. */
export const foreign = (user: string): Unrecordable =>
  new Unrecordable(
    `${user} uses a tensor created outside of the program, which may change or be disposed; create it inside, or ` +
      "make it a parameter or a statistic"
  )

/** Values are read on the host; `last` is the preceding operation, if any. */
export const reading = (last: string | undefined): Unrecordable =>
  new Unrecordable(
    `it reads a tensor's values${last === undefined ? "" : ` after ${last}`}, at ${callSite()}; values are unknown when a graph is made`
  )

export const drawing = (operation: string, generator: string): Unrecordable =>
  new Unrecordable(
    `${operation} draws from ${generator} own generator, whose state is not part of the run; draw with RandomBits`
  )

export const callingRandom = (): Unrecordable =>
  new Unrecordable(`it calls Math.random, at ${callSite()}; draw with the step's own random numbers`)

export const changingVariable = (): Unrecordable =>
  new Unrecordable(`it makes or assigns a variable, at ${callSite()}; give the new value as an output`)

/** `what` holds something other than numbers or booleans. */
export const unknownType = (what: string, dtype: string): Unrecordable =>
  new Unrecordable(`${what} is of ${dtype === "string" ? "strings" : dtype}`)

/** The output shape of `operation` depends on values. */
export const shapedByValues = (operation: string): Unrecordable =>
  new Unrecordable(`the shape of what ${operation} gives depends on values, which differ from call to call`)
