/** Writes IDX files for tests, whole ones and ones to be damaged. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

const codes = { ubyte: [8, 1], byte: [9, 1], short: [11, 2], int: [12, 4], float: [13, 4], double: [14, 8] } as const

/** The bytes of an IDX file of the given dtype and shape. */
export const idxBytes = (
  dtype: keyof typeof codes,
  shape: ReadonlyArray<number>,
  values: ReadonlyArray<number>
): Uint8Array => {
  const [code, size] = codes[dtype]
  const bytes = new Uint8Array(4 + 4 * shape.length + size * values.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, code, shape.length])
  shape.forEach((extent, at) => {
    view.setUint32(4 + 4 * at, extent)
  })
  values.forEach((value, at) => {
    const offset = 4 + 4 * shape.length + size * at
    if (dtype === "ubyte") view.setUint8(offset, value)
    else if (dtype === "byte") view.setInt8(offset, value)
    else if (dtype === "short") view.setInt16(offset, value)
    else if (dtype === "int") view.setInt32(offset, value)
    else if (dtype === "float") view.setFloat32(offset, value)
    else view.setFloat64(offset, value)
  })
  return bytes
}

/** A folder of its own for a test file; `write` puts bytes into it and gives the path. */
export const temporaryFolder = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "etude-data-"))
  return {
    folder,
    write: (name: string, bytes: Uint8Array): string => {
      const file = path.join(folder, name)
      fs.writeFileSync(file, bytes)
      return file
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true })
  }
}
