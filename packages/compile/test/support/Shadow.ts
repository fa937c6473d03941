/**
 * Memory that remembers, for each word, which piece of work wrote and read it in the running phase. It says so where a piece
 * touches what another one writes, where something is read that nobody has written, and where a task touches what its node
 * doesn't name.
 */
import type { Memory } from "./CodeInterpreter.ts"

/** Addresses from the first to before the last. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface Rights {
  readonly reads: ReadonlyArray<Stretch>
  readonly writes: ReadonlyArray<Stretch>
}

export interface Shadow {
  readonly memory: Memory
  /** Says that something holds values from before, as an input does. */
  readonly fill: (stretch: Stretch) => void
  /** Whether everything in it was written. */
  readonly isFilled: (stretch: Stretch) => boolean
  readonly beginPhase: () => void
  /** What follows is one piece of work, by somebody of this name with these rights. */
  readonly beginPiece: (name: string, rights: Rights) => void
  /** What was found, at most a few. */
  readonly faults: ReadonlyArray<string>
}

const most = 10

const within = (stretches: ReadonlyArray<Stretch>, at: number): boolean =>
  stretches.some(({ from, to }) => from <= at && at < to)

export const make = (buffer: ArrayBufferLike): Shadow => {
  const view = new DataView(buffer)
  const words = Math.ceil(buffer.byteLength / 4)
  // The pieces that wrote a word last, and the first and another one that read it in a phase; 0: nobody.
  const [writer, reader, other] = [new Int32Array(words), new Int32Array(words), new Int32Array(words)]
  const names = ["nobody", "what was there before"]
  const faults: Array<string> = []
  let [piece, phase] = [1, 2]
  let rights: Rights = { reads: [], writes: [] }
  const fault = (what: string, at: number): void => {
    if (faults.length < most) faults.push(`${names[piece]} ${what} at ${at}`)
  }
  /** Whether another piece of this phase. */
  const isOther = (who: number): boolean => who >= phase && who !== piece

  const read = (at: number): number => {
    const word = at >> 2
    const [last, before] = [writer[word]!, reader[word]!]
    if (last === 0) fault("reads what nobody has written", at)
    if (isOther(last)) fault(`reads what ${names[last]} writes`, at)
    if (!within(rights.reads, at)) fault("reads what its node doesn't", at)
    if (before < phase) reader[word] = piece
    else if (before !== piece) other[word] = piece
    return at
  }
  const write = (at: number): number => {
    const word = at >> 2
    for (const who of [writer[word]!, reader[word]!, other[word]!]) {
      if (isOther(who)) fault(`writes what ${names[who]} touches`, at)
    }
    if (!within(rights.writes, at)) fault("writes what its node doesn't", at)
    writer[word] = piece
    return at
  }
  return {
    faults,
    memory: {
      getFloat32: (at) => view.getFloat32(read(at), true),
      getInt32: (at) => view.getInt32(read(at), true),
      getUint8: (at) => view.getUint8(read(at)),
      setFloat32: (at, value) => view.setFloat32(write(at), value, true),
      setInt32: (at, value) => view.setInt32(write(at), value, true)
    },
    fill: ({ from, to }) => writer.fill(1, from >> 2, Math.ceil(to / 4)),
    isFilled: ({ from, to }) => writer.subarray(from >> 2, Math.ceil(to / 4)).every((who) => who !== 0),
    beginPhase: () => {
      phase = names.length
    },
    beginPiece: (name, given) => {
      piece = names.push(name) - 1
      rights = given
    }
  }
}
